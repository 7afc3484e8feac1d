package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path"
	"sync"
	"testing"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// An objectStore answers a client as an API server does that has these objects, by their paths.
type objectStore struct {
	mu      sync.Mutex
	objects map[string]any
}

func (s *objectStore) put(at string, object any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[at] = object
}

func (s *objectStore) has(at string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.objects[at] != nil
}

func (s *objectStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	at := r.URL.Path
	switch r.Method {
	case http.MethodPost:
		var object metav1.PartialObjectMetadata
		if err := json.NewDecoder(r.Body).Decode(&object); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		s.objects[path.Join(at, object.Name)] = &object
		_ = json.NewEncoder(w).Encode(object)
	case http.MethodDelete:
		delete(s.objects, at)
		_ = json.NewEncoder(w).Encode(metav1.Status{Status: metav1.StatusSuccess})
	default:
		if object := s.objects[at]; object != nil {
			_ = json.NewEncoder(w).Encode(object)
			return
		}
		resource := schema.GroupResource{Resource: path.Base(path.Dir(at))}
		status := apierrors.NewNotFound(resource, path.Base(at)).Status()
		status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
		w.WriteHeader(http.StatusNotFound)
		_ = json.NewEncoder(w).Encode(status)
	}
}

// podWith gives a pod of a cluster that has no objects yet.
func podWith(t *testing.T, spec v1.PodSpec) (*pod, *objectStore) {
	store := &objectStore{objects: map[string]any{}}
	server := httptest.NewServer(store)
	t.Cleanup(server.Close)
	config := &rest.Config{Host: server.URL, ContentConfig: rest.ContentConfig{ContentType: "application/json"}}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	m := &manager{client: client, node: &node{address: "127.65.0.1"}, directory: t.TempDir()}
	object := &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web-1", Namespace: "demo", Labels: map[string]string{"app": "web"}},
		Spec:       spec,
	}
	return &pod{manager: m, object: object, address: "127.65.0.2", changed: make(chan struct{}, 1)}, store
}
