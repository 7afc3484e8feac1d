package main

import (
	"context"
	"io"
	"log"
	"net"
	"sync"
	"time"
)

// connecting is how long the other side may take to accept.
const connecting = 5 * time.Second

// A dialer reaches the other side of a forwarded connection.
type dialer func(context.Context) (net.Conn, error)

// forward carries each connection that comes to listener over to where dial leads, until the
// listener is closed.
func forward(listener net.Listener, dial dialer) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go carry(conn, dial)
	}
}

func carry(conn net.Conn, dial dialer) {
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), connecting)
	defer cancel()
	other, err := dial(ctx)
	if err != nil {
		// Whoever has connected sees that it is closed.
		log.Printf("%s leads nowhere: %v", conn.LocalAddr(), err)
		return
	}
	defer other.Close()
	var both sync.WaitGroup
	both.Go(func() { pour(conn, other) })
	both.Go(func() { pour(other, conn) })
	both.Wait()
}

// pour copies one way, and passes on that it has ended.
func pour(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}
