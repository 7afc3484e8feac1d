package main

import (
	"context"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

func TestAServiceLeadsToPodsThatAreReadyAndGoOn(t *testing.T) {
	p, _ := podWith(t, v1.PodSpec{})
	p.ending, p.end = context.WithCancel(context.Background())
	only := newContainer(p, v1.Container{Name: "c"})
	p.apps = []*container{only}
	p.manager.pods = map[types.UID]*pod{"1": p}
	leadsTo := func(selector labels.Set) int {
		return len(p.manager.readyPods("demo", labels.SelectorFromSet(selector)))
	}
	ours := labels.Set{"app": "web"}
	if leadsTo(ours) != 0 {
		t.Error("it is not ready yet")
	}
	only.status.Ready = true
	if leadsTo(ours) != 1 || leadsTo(labels.Set{"app": "other"}) != 0 {
		t.Error("it is ready, and selected by its label")
	}
	p.end()
	if leadsTo(ours) != 0 {
		t.Error("it is about to end")
	}
}
