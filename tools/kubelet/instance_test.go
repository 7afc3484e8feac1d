package main

import (
	"bytes"
	"path/filepath"
	"syscall"
	"testing"

	v1 "k8s.io/api/core/v1"
)

func TestWhatIsStartedBesideItEndsWithIt(t *testing.T) {
	i, err := startInstance(v1.Container{}, shell(t, "exec sleep 1000"), filepath.Join(t.TempDir(), "0.log"))
	if err != nil {
		t.Fatal(err)
	}
	guest, err := shell(t, "exec sleep 1000").start(streams{out: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer i.admit(guest)()
	i.process.signal(syscall.SIGTERM)
	if code := i.wait(); code != 143 {
		t.Errorf("the instance: %d", code)
	}
	if code := guest.wait(); code != 137 {
		t.Errorf("the guest: %d", code)
	}
}
