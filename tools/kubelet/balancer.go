package main

import (
	"context"
	"encoding/json"
	"log"
	"net"
	"strconv"
	"sync"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

// outside is where Services of type LoadBalancer are reached.
const outside = "127.0.0.1"

// A balancer listens on this machine for each Service of type LoadBalancer, on the Service's own
// ports, and leads each connection to a pod that is ready.
type balancer struct {
	manager *manager

	mu        sync.Mutex
	listeners map[types.UID][]net.Listener
}

// balance follows the Services.
func (m *manager) balance(ctx context.Context, factory informers.SharedInformerFactory) error {
	b := &balancer{manager: m, listeners: map[types.UID][]net.Listener{}}
	_, err := factory.Core().V1().Services().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { b.follow(ctx, object.(*v1.Service)) },
		UpdateFunc: func(before, object any) {
			// The status is what we write ourselves.
			if specOf(before) != specOf(object) {
				b.follow(ctx, object.(*v1.Service))
			}
		},
		DeleteFunc: func(object any) {
			if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = unknown.Obj
			}
			if service, ok := object.(*v1.Service); ok {
				b.forget(service.UID)
			}
		},
	})
	return err
}

// specOf makes specs comparable.
func specOf(object any) string {
	text, err := json.Marshal(object.(*v1.Service).Spec)
	if err != nil {
		return ""
	}
	return string(text)
}

func (b *balancer) follow(ctx context.Context, object *v1.Service) {
	b.forget(object.UID)
	if object.Spec.Type != v1.ServiceTypeLoadBalancer {
		return
	}
	if err := b.listen(object); err != nil {
		b.forget(object.UID)
		log.Printf("the service %s/%s is not reached from outside: %v", object.Namespace, object.Name, err)
		return
	}
	status := []byte(`{"status":{"loadBalancer":{"ingress":[{"ip":"` + outside + `"}]}}}`)
	_, err := b.manager.client.CoreV1().Services(object.Namespace).Patch(
		ctx, object.Name, types.MergePatchType, status, metav1.PatchOptions{}, "status")
	if err != nil && ctx.Err() == nil {
		log.Printf("the status of the service %s/%s is not written: %v", object.Namespace, object.Name, err)
	}
}

func (b *balancer) listen(object *v1.Service) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for port, dial := range b.manager.portsOf(object) {
		listener, err := net.Listen("tcp", net.JoinHostPort(outside, strconv.Itoa(int(port))))
		if err != nil {
			return err
		}
		b.listeners[object.UID] = append(b.listeners[object.UID], listener)
		go forward(listener, dial)
	}
	return nil
}

func (b *balancer) forget(uid types.UID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, listener := range b.listeners[uid] {
		listener.Close()
	}
	delete(b.listeners, uid)
}
