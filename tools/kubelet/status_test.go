package main

import (
	"testing"

	v1 "k8s.io/api/core/v1"
)

func TestThePhaseSumsUpTheContainers(t *testing.T) {
	running := v1.ContainerStatus{State: v1.ContainerState{Running: &v1.ContainerStateRunning{}}}
	ended := func(code int32) v1.ContainerStatus {
		terminated := &v1.ContainerStateTerminated{ExitCode: code}
		return v1.ContainerStatus{State: v1.ContainerState{Terminated: terminated}}
	}
	fresh := v1.ContainerStatus{State: waiting("ContainerCreating", "")}
	again := v1.ContainerStatus{State: waiting("CrashLoopBackOff", ""), LastTerminationState: ended(1).State}
	for name, test := range map[string]struct {
		inits, apps []v1.ContainerStatus
		policy      v1.RestartPolicy
		expected    v1.PodPhase
	}{
		"not yet":           {nil, []v1.ContainerStatus{fresh}, v1.RestartPolicyAlways, v1.PodPending},
		"one of two":        {nil, []v1.ContainerStatus{running, fresh}, v1.RestartPolicyAlways, v1.PodPending},
		"running":           {nil, []v1.ContainerStatus{running, ended(1)}, v1.RestartPolicyNever, v1.PodRunning},
		"again":             {nil, []v1.ContainerStatus{again}, v1.RestartPolicyAlways, v1.PodRunning},
		"good":              {nil, []v1.ContainerStatus{ended(0), ended(0)}, v1.RestartPolicyNever, v1.PodSucceeded},
		"bad":               {nil, []v1.ContainerStatus{ended(0), ended(1)}, v1.RestartPolicyNever, v1.PodFailed},
		"init runs":         {[]v1.ContainerStatus{running}, []v1.ContainerStatus{fresh}, v1.RestartPolicyNever, v1.PodPending},
		"init failed":       {[]v1.ContainerStatus{ended(1)}, []v1.ContainerStatus{fresh}, v1.RestartPolicyNever, v1.PodFailed},
		"init tries again":  {[]v1.ContainerStatus{ended(1)}, []v1.ContainerStatus{fresh}, v1.RestartPolicyAlways, v1.PodPending},
		"init has finished": {[]v1.ContainerStatus{ended(0)}, []v1.ContainerStatus{running}, v1.RestartPolicyAlways, v1.PodRunning},
	} {
		if got := phase(test.inits, test.apps, test.policy); got != test.expected {
			t.Errorf("%s: %s instead of %s", name, got, test.expected)
		}
	}
}
