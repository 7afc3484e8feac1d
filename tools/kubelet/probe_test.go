package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A container whose port "web" is where a server of the test listens.
func listening(t *testing.T, start func(http.Handler) *httptest.Server, answer http.HandlerFunc) *container {
	server := start(answer)
	t.Cleanup(server.Close)
	host, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	spec := v1.Container{Name: "c", Ports: []v1.ContainerPort{{Name: "web", ContainerPort: int32(number)}}}
	p, _ := podWith(t, v1.PodSpec{Containers: []v1.Container{spec}})
	p.address = host
	return newContainer(p, spec)
}

func web(path string, scheme v1.URIScheme) *v1.Probe {
	return &v1.Probe{PeriodSeconds: 0, ProbeHandler: v1.ProbeHandler{
		HTTPGet: &v1.HTTPGetAction{Path: path, Port: intstr.FromString("web"), Scheme: scheme},
	}}
}

func TestAnHTTPProbeLooksAtTheStatusAlone(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(r.URL.Path[1:])
		w.WriteHeader(status)
	}
	plain, secure := listening(t, httptest.NewServer, answer), listening(t, httptest.NewTLSServer, answer)
	for path, succeeds := range map[string]bool{"/200": true, "/302": true, "/404": false, "/503": false} {
		if err := plain.check(context.Background(), web(path, v1.URISchemeHTTP)); (err == nil) != succeeds {
			t.Errorf("%s: %v", path, err)
		}
		if err := secure.check(context.Background(), web(path, v1.URISchemeHTTPS)); (err == nil) != succeeds {
			t.Errorf("%s over TLS: %v", path, err)
		}
	}
	listens := &v1.Probe{ProbeHandler: v1.ProbeHandler{TCPSocket: &v1.TCPSocketAction{Port: intstr.FromString("web")}}}
	if err := plain.check(context.Background(), listens); err != nil {
		t.Error(err)
	}
}

func TestAResultIsToldWhenItIsCertain(t *testing.T) {
	// Whether each probe succeeds, one after the other.
	answers := []bool{false, true, true, false, false, true, false, false, false}
	asked := 0
	c := listening(t, httptest.NewServer, func(w http.ResponseWriter, _ *http.Request) {
		succeeds := asked < len(answers) && answers[asked]
		asked++
		if !succeeds {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	probe := web("/", v1.URISchemeHTTP)
	probe.SuccessThreshold, probe.FailureThreshold = 2, 3
	isReady := false
	var told []bool
	var after []int
	c.follow(context.Background(), probe, &isReady, func(succeeds bool) (goOn bool) {
		told, after = append(told, succeeds), append(after, asked)
		return succeeds
	})
	if len(told) != 2 || !told[0] || told[1] || after[0] != 3 || after[1] != 9 {
		t.Errorf("%v after %v", told, after)
	}
}
