package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// hostPorts is the annotation of a namespace that names ports of this machine's loopback interface,
// separated by commas: its pods reach them at the same address.
const hostPorts = "local-cluster/host-ports"

// A sandbox is what the containers of a pod share: a network, names, and volumes. Pods have one
// whose images are in the table; the others are plain processes.
type sandbox struct {
	network   *networkNamespace
	listeners []net.Listener
	images    map[string]image
	volumes   *volumes
	directory string
}

// newSandbox makes the network of a pod, with the ways into it and out of it.
func newSandbox(ctx context.Context, p *pod, images map[string]image) (*sandbox, error) {
	network, err := newNetworkNamespace()
	if err != nil {
		return nil, err
	}
	s := &sandbox{
		network:   network,
		images:    images,
		directory: p.manager.home(p.object),
	}
	s.volumes = newVolumes(p, filepath.Join(s.directory, "volumes"))
	services, err := p.manager.services(ctx, p.object.Namespace)
	if err == nil {
		err = errors.Join(
			s.writeHosts(p, services),
			s.leadToServices(p, services),
			s.leadToMachine(ctx, p),
			s.leadToPod(p),
		)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *sandbox) hosts() string { return filepath.Join(s.directory, "hosts") }

// writeHosts names the pod and the Services: there is no DNS.
func (s *sandbox) writeHosts(p *pod, services []service) error {
	var text strings.Builder
	fmt.Fprintln(&text, "127.0.0.1 localhost")
	fmt.Fprintln(&text, p.address, p.object.Name)
	for _, service := range services {
		fmt.Fprintln(&text, service.address, strings.Join(service.names, " "))
	}
	if err := os.MkdirAll(s.directory, 0o755); err != nil {
		return err
	}
	return os.WriteFile(s.hosts(), []byte(text.String()), 0o644)
}

// leadToServices listens at the addresses of Services, but not on ports that containers of the pod
// name: those may listen there at all addresses.
func (s *sandbox) leadToServices(p *pod, services []service) error {
	for _, service := range services {
		for port, dial := range service.ports {
			if p.names(port) {
				continue
			}
			address := net.JoinHostPort(service.address, strconv.Itoa(int(port)))
			if err := s.leadOut(address, dial); err != nil {
				return err
			}
		}
	}
	return nil
}

// leadToMachine opens the ports that the namespace's annotation names.
func (s *sandbox) leadToMachine(ctx context.Context, p *pod) error {
	namespace, err := p.manager.client.CoreV1().Namespaces().Get(ctx, p.object.Namespace, metav1.GetOptions{})
	if err != nil {
		return err
	}
	ports := strings.FieldsFunc(namespace.Annotations[hostPorts], func(r rune) bool { return r == ',' || r == ' ' })
	for _, port := range ports {
		address := net.JoinHostPort("127.0.0.1", port)
		if err := s.leadOut(address, dialHere(address)); err != nil {
			return err
		}
	}
	return nil
}

// leadOut listens within the sandbox.
func (s *sandbox) leadOut(address string, dial dialer) error {
	listener, err := s.network.listen(address)
	if err != nil {
		return fmt.Errorf("%s in the pod: %w", address, err)
	}
	s.listeners = append(s.listeners, listener)
	go forward(listener, dial)
	return nil
}

// leadToPod listens at the pod's address on this machine, on the ports that its containers name.
func (s *sandbox) leadToPod(p *pod) error {
	for _, container := range p.object.Spec.Containers {
		for _, port := range container.Ports {
			if port.Protocol != v1.ProtocolTCP {
				continue
			}
			address := net.JoinHostPort(p.address, strconv.Itoa(int(port.ContainerPort)))
			listener, err := net.Listen("tcp", address)
			if err != nil {
				return err
			}
			s.listeners = append(s.listeners, listener)
			go forward(listener, func(ctx context.Context) (net.Conn, error) {
				return s.network.dial(ctx, address)
			})
		}
	}
	return nil
}

func (s *sandbox) close() {
	for _, listener := range s.listeners {
		listener.Close()
	}
	s.network.close()
}

func dialHere(address string) dialer {
	return func(ctx context.Context) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "tcp", address)
	}
}
