package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"os"
	"time"

	"k8s.io/kubelet/pkg/cri/streaming/portforward"
	"k8s.io/kubelet/pkg/cri/streaming/remotecommand"
)

const (
	// idle is the kubelet's own default for streams.
	idle     = 4 * time.Hour
	creation = 30 * time.Second
)

// serve answers the API server; whoever has no certificate is refused.
func serve(listener net.Listener, m *manager, o options) error {
	authority, err := os.ReadFile(o.clientCA)
	if err != nil {
		return err
	}
	clients := x509.NewCertPool()
	if !clients.AppendCertsFromPEM(authority) {
		return errors.New("no certificate in " + o.clientCA)
	}
	server := &http.Server{
		Handler:           routes(m),
		ReadHeaderTimeout: creation,
		TLSConfig:         &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients},
		// Streams take the connection over, which HTTP/2 does not allow.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	return server.ServeTLS(listener, o.certificate, o.key)
}

func routes(m *manager) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", m.exec)
	mux.HandleFunc("/attach/{namespace}/{pod}/{container}", m.attach)
	mux.HandleFunc("/portForward/{namespace}/{pod}", m.portForward)
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", m.containerLogs)
	return mux
}

// found gives the container that a request names; without one the answer has been given.
func (m *manager) found(w http.ResponseWriter, r *http.Request) (*container, bool) {
	c, err := m.container(r.PathValue("namespace"), r.PathValue("pod"), r.PathValue("container"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return nil, false
	}
	return c, true
}

func (m *manager) exec(w http.ResponseWriter, r *http.Request) {
	c, ok := m.found(w, r)
	if !ok {
		return
	}
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(w, r, executor{c}, c.pod.object.Name, c.pod.object.UID, c.spec.Name,
		r.URL.Query()["command"], options, idle, creation, protocols)
}

func (m *manager) attach(w http.ResponseWriter, r *http.Request) {
	c, ok := m.found(w, r)
	if !ok {
		return
	}
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeAttach(w, r, executor{c}, c.pod.object.Name, c.pod.object.UID, c.spec.Name,
		options, idle, creation, protocols)
}

func (m *manager) portForward(w http.ResponseWriter, r *http.Request) {
	pod, err := m.pod(r.PathValue("namespace"), r.PathValue("pod"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, r, forwarder{pod}, pod.object.Name, pod.object.UID,
		options, idle, creation, portforward.SupportedProtocols)
}
