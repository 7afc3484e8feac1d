package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"sync/atomic"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A service is a Service as the pods of one namespace see it: an address of their own loopback
// interface, at which each connection is led to a pod that is ready.
type service struct {
	names   []string
	address string
	ports   map[int32]dialer
}

// services are those of a namespace, and the API server.
func (m *manager) services(ctx context.Context, namespace string) ([]service, error) {
	list, err := m.client.CoreV1().Services(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	found := []service{{
		names:   namesOf("kubernetes", "default"),
		address: serviceAddress(0),
		ports:   map[int32]dialer{443: m.dialAPIServer},
	}}
	for _, object := range list.Items {
		if len(object.Spec.Selector) == 0 || len(found) > 250 {
			continue
		}
		found = append(found, service{
			names:   namesOf(object.Name, namespace),
			address: serviceAddress(len(found)),
			ports:   m.portsOf(&object),
		})
	}
	return found, nil
}

func serviceAddress(index int) string {
	return net.IPv4(127, 1, 0, byte(index+1)).String()
}

// namesOf are what cluster DNS would know, but for the short name in other namespaces.
func namesOf(name, namespace string) []string {
	long := fmt.Sprintf("%s.%s.svc", name, namespace)
	return []string{long, long + ".cluster.local", fmt.Sprintf("%s.%s", name, namespace), name}
}

func (m *manager) dialAPIServer(ctx context.Context) (net.Conn, error) {
	server, err := url.Parse(m.apiServer)
	if err != nil {
		return nil, err
	}
	return dialHere(server.Host)(ctx)
}

func (m *manager) portsOf(object *v1.Service) map[int32]dialer {
	ports := map[int32]dialer{}
	selector := labels.SelectorFromSet(object.Spec.Selector)
	var turn atomic.Uint32
	for _, port := range object.Spec.Ports {
		ports[port.Port] = func(ctx context.Context) (net.Conn, error) {
			ready := m.readyPods(object.Namespace, selector)
			if len(ready) == 0 {
				return nil, fmt.Errorf("no pod of the service %s is ready", object.Name)
			}
			chosen := ready[int(turn.Add(1))%len(ready)]
			number, err := chosen.portNumber(port.TargetPort)
			if err != nil {
				return nil, err
			}
			return chosen.dial(ctx, number)
		}
	}
	return ports
}

// readyPods are those to which a Service leads: one that is about to end is left out at once, as endpoints
// leave it out, however ready it says it is.
func (m *manager) readyPods(namespace string, selector labels.Selector) []*pod {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ready []*pod
	for _, pod := range m.pods {
		isSelected := pod.object.Namespace == namespace && selector.Matches(labels.Set(pod.object.Labels))
		if isSelected && pod.ending.Err() == nil && pod.isReady() {
			ready = append(ready, pod)
		}
	}
	return ready
}

// portNumber finds a port that a Service or a probe names.
func (p *pod) portNumber(port intstr.IntOrString) (int32, error) {
	if port.Type == intstr.Int {
		return port.IntVal, nil
	}
	for _, container := range p.object.Spec.Containers {
		for _, named := range container.Ports {
			if named.Name == port.StrVal {
				return named.ContainerPort, nil
			}
		}
	}
	number, err := strconv.ParseInt(port.StrVal, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("the pod %s has no port %q", p.object.Name, port.StrVal)
	}
	return int32(number), nil
}

// names tells whether one of the pod's containers names the port.
func (p *pod) names(port int32) bool {
	for _, container := range p.object.Spec.Containers {
		for _, named := range container.Ports {
			if named.ContainerPort == port {
				return true
			}
		}
	}
	return false
}

// dial connects with a port of the pod: at its address, or at localhost as within a real pod.
func (p *pod) dial(ctx context.Context, port int32) (net.Conn, error) {
	reach := func(host string) (net.Conn, error) {
		address := net.JoinHostPort(host, strconv.Itoa(int(port)))
		if box := p.sandbox.Load(); box != nil {
			return box.network.dial(ctx, address)
		}
		return dialHere(address)(ctx)
	}
	conn, err := reach(p.address)
	if err == nil {
		return conn, nil
	}
	if conn, err := reach("127.0.0.1"); err == nil {
		return conn, nil
	}
	return nil, err
}
