// Command kubelet is a node for tests: it binds every pending pod to itself, runs the pods'
// containers as local processes, and serves what kubectl exec, attach, port-forward, cp and logs
// need. There is no isolation: a container is a process of whoever starts this, unless its image is
// in the table of images: then an OCI runtime runs it, as its security context says, in a network and
// with a root file system of its own.
//
// It ends its containers when it gets SIGTERM. Whoever starts it has to end what they have started
// in sessions of their own, and everything should it be killed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// pause is the argument with which this program is the container that only waits.
const pause = "pause"

type options struct {
	kubeconfig, directory, node string
	certificate, key, clientCA  string
	images, runtime             string
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == pause {
		waitForSignal()
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, parse()); err != nil {
		log.Fatal(err)
	}
}

func parse() options {
	var o options
	flag.StringVar(&o.kubeconfig, "kubeconfig", "", "how to reach the API server")
	flag.StringVar(&o.directory, "dir", "", "where containers work and logs are kept")
	flag.StringVar(&o.node, "node-name", "local", "the name of the node")
	flag.StringVar(&o.certificate, "tls-cert-file", "", "the certificate to serve with")
	flag.StringVar(&o.key, "tls-private-key-file", "", "its key")
	flag.StringVar(&o.clientCA, "client-ca-file", "", "who has a certificate of this authority may run commands")
	flag.StringVar(&o.images, "images", "", "a table in JSON: what the images are whose containers are isolated")
	flag.StringVar(&o.runtime, "oci-runtime", "runc", "the program that runs those")
	flag.Parse()
	return o
}

func run(ctx context.Context, o options) error {
	config, err := clientcmd.BuildConfigFromFlags("", o.kubeconfig)
	if err != nil {
		return err
	}
	// Tests do not wait for a client that spares the API server.
	config.QPS, config.Burst = -1, -1
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	listener, network, err := listen()
	if err != nil {
		return fmt.Errorf("no network of its own for this node: %w", err)
	}
	node := &node{client: client, name: o.node, address: network.node()}
	if err := node.register(ctx); err != nil {
		return err
	}
	manager := newManager(client, node, network, o)
	manager.apiServer = config.Host
	failed := make(chan error, 1)
	go func() { failed <- serve(listener, manager, o) }()
	go node.keepAlive(ctx)
	go func() {
		if err := manager.watch(ctx); err != nil {
			failed <- err
		}
	}()
	select {
	case <-ctx.Done():
		manager.killAll()
		return nil
	case err := <-failed:
		manager.killAll()
		return errors.Join(errors.New("the node has ended"), err)
	}
}

func waitForSignal() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	<-signals
}
