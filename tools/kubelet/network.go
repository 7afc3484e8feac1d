package main

import (
	"crypto/rand"
	"fmt"
	"net"
	"sync"
)

// port is where kubelets listen.
const port = 10250

// attempts is how many networks are tried; another node has one of 16384.
const attempts = 20

// A network is 256 loopback addresses: the first is the node's, the others are for pods, so that
// pods may listen on the same port as they do in a cluster. Linux answers for all of 127.0.0.0/8.
type network struct {
	prefix [3]byte
	mu     sync.Mutex
	used   [256]bool
	last   int
}

// listen finds a network that no other node has: its node's port says so.
func listen() (net.Listener, *network, error) {
	var err error
	for range attempts {
		random := make([]byte, 2)
		if _, err := rand.Read(random); err != nil {
			return nil, nil, err
		}
		n := &network{prefix: [3]byte{127, 64 + random[0]%64, random[1]}, last: 1}
		var listener net.Listener
		if listener, err = net.Listen("tcp", fmt.Sprintf("%s:%d", n.node(), port)); err == nil {
			return listener, n, nil
		}
	}
	return nil, nil, err
}

func (n *network) node() string { return n.address(1) }

// take gives an address that no pod has; an address that was given back is used late again.
func (n *network) take() (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for range n.used {
		n.last = n.last%254 + 1
		if n.last > 1 && !n.used[n.last] {
			n.used[n.last] = true
			return n.address(n.last), nil
		}
	}
	return "", fmt.Errorf("no address is left for another pod")
}

func (n *network) release(address string) {
	ip := net.ParseIP(address).To4()
	if ip == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.used[ip[3]] = false
}

func (n *network) address(host int) string {
	return net.IPv4(n.prefix[0], n.prefix[1], n.prefix[2], byte(host)).String()
}
