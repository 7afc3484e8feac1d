package main

import (
	"context"
	"log"
	"runtime"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/retry"
)

// heartbeat is how often the node says that it is there: after 50 s of silence the controller
// manager holds it for lost.
const heartbeat = 10 * time.Second

// kubernetesVersion is whose API this program knows.
const kubernetesVersion = "v1.35.3"

type node struct {
	client  kubernetes.Interface
	name    string
	address string
}

// register makes the node object, ready.
func (n *node) register(ctx context.Context) error {
	object := &v1.Node{ObjectMeta: metav1.ObjectMeta{
		Name: n.name,
		Labels: map[string]string{
			v1.LabelHostname:   n.name,
			v1.LabelOSStable:   runtime.GOOS,
			v1.LabelArchStable: runtime.GOARCH,
		},
	}}
	_, err := n.client.CoreV1().Nodes().Create(ctx, object, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	// The controller manager writes to a new node as well.
	return retry.RetryOnConflict(retry.DefaultRetry, func() error { return n.report(ctx) })
}

func (n *node) keepAlive(ctx context.Context) {
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := n.report(ctx); err != nil {
				log.Printf("the node's status is not written: %v", err)
			}
		}
	}
}

func (n *node) report(ctx context.Context) error {
	nodes := n.client.CoreV1().Nodes()
	current, err := nodes.Get(ctx, n.name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	capacity := v1.ResourceList{
		v1.ResourceCPU:    *resource.NewQuantity(int64(runtime.NumCPU()), resource.DecimalSI),
		v1.ResourceMemory: resource.MustParse("16Gi"),
		v1.ResourcePods:   resource.MustParse("250"),
	}
	current.Status.Capacity = capacity
	current.Status.Allocatable = capacity
	current.Status.Addresses = []v1.NodeAddress{
		{Type: v1.NodeInternalIP, Address: n.address},
		{Type: v1.NodeHostName, Address: n.name},
	}
	current.Status.DaemonEndpoints.KubeletEndpoint.Port = port
	current.Status.NodeInfo = v1.NodeSystemInfo{
		KubeletVersion:          kubernetesVersion,
		OperatingSystem:         runtime.GOOS,
		Architecture:            runtime.GOARCH,
		ContainerRuntimeVersion: "process://1",
		OSImage:                 "this machine",
	}
	current.Status.Conditions = readiness(current.Status.Conditions)
	_, err = nodes.UpdateStatus(ctx, current, metav1.UpdateOptions{})
	return err
}

// readiness is the only condition that a node has to report.
func readiness(before []v1.NodeCondition) []v1.NodeCondition {
	now := metav1.Now()
	ready := v1.NodeCondition{
		Type:               v1.NodeReady,
		Status:             v1.ConditionTrue,
		Reason:             "KubeletReady",
		Message:            "containers are processes",
		LastHeartbeatTime:  now,
		LastTransitionTime: now,
	}
	for _, condition := range before {
		if condition.Type == ready.Type && condition.Status == ready.Status {
			ready.LastTransitionTime = condition.LastTransitionTime
		}
	}
	return []v1.NodeCondition{ready}
}
