package main

import (
	"slices"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestTheContainersOwnSecurityContextCountsFirst(t *testing.T) {
	p, _ := podWith(t, v1.PodSpec{SecurityContext: &v1.PodSecurityContext{
		RunAsUser: ptr.To[int64](65532), RunAsGroup: ptr.To[int64](65532), FSGroup: ptr.To[int64](7), RunAsNonRoot: ptr.To(true),
	}})
	of := func(own *v1.SecurityContext) *container {
		return newContainer(p, v1.Container{Name: "c", SecurityContext: own})
	}
	user, err := of(nil).user(image{User: "1:1"})
	if err != nil || user.UID != 65532 || user.GID != 65532 || !slices.Equal(user.AdditionalGids, []uint32{7}) {
		t.Error(user, err)
	}
	root := &v1.SecurityContext{RunAsUser: ptr.To[int64](0)}
	if user, err := of(root).user(image{}); err == nil {
		t.Errorf("root in spite of runAsNonRoot: %v", user)
	}
	root.RunAsNonRoot = ptr.To(false)
	if user, err := of(root).user(image{}); err != nil || user.UID != 0 {
		t.Error(user, err)
	}
}

func TestCapabilitiesAreDropped(t *testing.T) {
	p, _ := podWith(t, v1.PodSpec{})
	of := func(drop ...v1.Capability) []string {
		own := &v1.SecurityContext{Capabilities: &v1.Capabilities{Drop: drop}}
		return newContainer(p, v1.Container{SecurityContext: own}).capabilities().Bounding
	}
	if left := of("ALL"); len(left) != 0 {
		t.Error(left)
	}
	if left := of("CHOWN"); slices.Contains(left, "CAP_CHOWN") || !slices.Contains(left, "CAP_KILL") {
		t.Error(left)
	}
}
