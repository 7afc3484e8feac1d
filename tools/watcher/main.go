// Watches the config maps of a namespace as most controllers do, by client-go with Protobuf, and prints
// each event: its type and the object's name, or the message of the Status that an ERROR has.
package main

import (
	"context"
	"fmt"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: KUBECONFIG=FILE watcher NAMESPACE")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(namespace string) error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	events, err := client.CoreV1().ConfigMaps(namespace).Watch(context.Background(), metav1.ListOptions{})
	if err != nil {
		return err
	}
	for event := range events.ResultChan() {
		fmt.Println(event.Type, about(event))
	}
	return nil
}

func about(event watch.Event) string {
	if event.Type == watch.Error {
		return apierrors.FromObject(event.Object).Error()
	}
	object, ok := event.Object.(metav1.Object)
	if !ok {
		return fmt.Sprintf("%T", event.Object)
	}
	return object.GetName()
}
