package main

import (
	"context"
	"io"
	"net"
	"testing"
)

// isolated gives a network, where the machine allows one.
func isolated(t *testing.T) *networkNamespace {
	network, err := newNetworkNamespace()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(network.close)
	return network
}

func TestNetworksHaveNothingInCommon(t *testing.T) {
	const address = "127.0.0.1:8080"
	first, second := isolated(t), isolated(t)
	for _, network := range []*networkNamespace{first, second} {
		listener, err := network.listen(address)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
	}
	if conn, err := first.dial(context.Background(), address); err != nil {
		t.Error(err)
	} else {
		conn.Close()
	}
	if _, err := isolated(t).dial(context.Background(), address); err == nil {
		t.Error("somebody else's listener answered")
	}
}

func TestAConnectionIsLedThrough(t *testing.T) {
	machine, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer machine.Close()
	go func() {
		conn, err := machine.Accept()
		if err != nil {
			return
		}
		// It answers when the other side has said everything.
		said, _ := io.ReadAll(conn)
		_, _ = conn.Write(append([]byte("heard "), said...))
		conn.Close()
	}()
	network := isolated(t)
	box := &sandbox{network: network}
	address := "127.1.0.9:443"
	if err := box.leadOut(address, dialHere(machine.Addr().String())); err != nil {
		t.Fatal(err)
	}
	defer box.listeners[0].Close()
	conn, err := network.dial(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = conn.Write([]byte("hello"))
	_ = conn.(*net.TCPConn).CloseWrite()
	if heard, err := io.ReadAll(conn); string(heard) != "heard hello" {
		t.Errorf("%q, %v", heard, err)
	}
}
