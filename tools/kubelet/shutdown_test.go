package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
)

// running gives a container of a plain pod in which script runs, once trap has been carried out.
func running(t *testing.T, spec v1.Container, trap, script string) (*container, *instance) {
	spec.Name = "c"
	p, _ := podWith(t, v1.PodSpec{Containers: []v1.Container{spec}})
	c := newContainer(p, spec)
	ready := filepath.Join(t.TempDir(), "ready")
	script = trap + "; : > " + ready + "; " + script
	i, err := startInstance(spec, shell(t, script), filepath.Join(t.TempDir(), "0.log"))
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(ready); err == nil {
			break
		}
		runtime.Gosched()
	}
	c.current = i
	return c, i
}

func TestTheHookComesBeforeTheSignal(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "mark")
	hook := &v1.Lifecycle{PreStop: &v1.LifecycleHandler{Exec: &v1.ExecAction{Command: []string{"touch", mark}}}}
	c, i := running(t, v1.Container{Lifecycle: hook}, `trap "test -e `+mark+` && exit 5" TERM`, "while :; do sleep 0.01; done")
	go c.stop(time.Minute)
	if code := i.wait(); code != 5 {
		t.Errorf("exit code %d", code)
	}
}

func TestWhoDoesNotEndInTimeIsKilled(t *testing.T) {
	c, i := running(t, v1.Container{}, `trap "" TERM`, "while :; do sleep 0.01; done")
	go c.stop(10 * time.Millisecond)
	if code := i.wait(); code != 137 {
		t.Errorf("exit code %d", code)
	}
}

func TestAHookIsCutShortByTheGracePeriod(t *testing.T) {
	hook := &v1.Lifecycle{PreStop: &v1.LifecycleHandler{Sleep: &v1.SleepAction{Seconds: 1000}}}
	c, i := running(t, v1.Container{Lifecycle: hook}, "true", "exec sleep 1000")
	go c.stop(10 * time.Millisecond)
	if code := i.wait(); code != 143 && code != 137 {
		t.Errorf("exit code %d", code)
	}
}
