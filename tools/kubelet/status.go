package main

import (
	"context"
	"encoding/json"
	"log"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// touch has the pod's status written soon.
func (p *pod) touch() {
	select {
	case p.changed <- struct{}{}:
	default: // It will be written anyway.
	}
}

// keepReporting writes the status whenever it has changed, until it is stopped.
func (p *pod) keepReporting() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	p.touch()
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-p.changed:
				p.report(ctx)
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

func (p *pod) report(ctx context.Context) {
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": p.object.UID},
		"status":   p.status(),
	})
	if err == nil {
		_, err = p.manager.client.CoreV1().Pods(p.object.Namespace).Patch(
			ctx, p.object.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	}
	// It is gone, or another pod has its name.
	if err != nil && ctx.Err() == nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		log.Printf("the status of %s/%s is not written: %v", p.object.Namespace, p.object.Name, err)
	}
}

func (p *pod) status() v1.PodStatus {
	inits, apps := statuses(p.inits), statuses(p.apps)
	phase := phase(inits, apps, p.object.Spec.RestartPolicy)
	isInitialized := all(inits, hasSucceeded)
	isReady := phase == v1.PodRunning && p.isReady()
	reason := ""
	if phase == v1.PodSucceeded {
		reason = "PodCompleted"
	}
	return v1.PodStatus{
		Phase:                 phase,
		StartTime:             &p.started,
		HostIP:                p.manager.node.address,
		HostIPs:               []v1.HostIP{{IP: p.manager.node.address}},
		PodIP:                 p.address,
		PodIPs:                []v1.PodIP{{IP: p.address}},
		QOSClass:              p.object.Status.QOSClass,
		InitContainerStatuses: inits,
		ContainerStatuses:     apps,
		Conditions: []v1.PodCondition{
			p.condition(v1.PodReadyToStartContainers, !isEnded(phase), ""),
			p.condition(v1.PodInitialized, isInitialized, ""),
			p.condition(v1.ContainersReady, isReady, reason),
			p.condition(v1.PodReady, isReady, reason),
		},
	}
}

// isReady tells whether every container is.
func (p *pod) isReady() bool {
	return all(statuses(p.apps), func(s v1.ContainerStatus) bool { return s.Ready })
}

// condition keeps the time since when it has been so.
func (p *pod) condition(kind v1.PodConditionType, holds bool, reason string) v1.PodCondition {
	p.mu.Lock()
	defer p.mu.Unlock()
	condition := v1.PodCondition{
		Type:               kind,
		Status:             v1.ConditionFalse,
		Reason:             reason,
		LastTransitionTime: metav1.Now(),
	}
	if holds {
		condition.Status, condition.Reason = v1.ConditionTrue, ""
	}
	if before, ok := p.conditions[kind]; ok && before.Status == condition.Status {
		condition.LastTransitionTime = before.LastTransitionTime
	}
	p.conditions[kind] = condition
	return condition
}

func statuses(containers []*container) []v1.ContainerStatus {
	statuses := make([]v1.ContainerStatus, 0, len(containers))
	for _, container := range containers {
		statuses = append(statuses, container.currentStatus())
	}
	return statuses
}

// phase sums up the states of the containers.
func phase(inits, apps []v1.ContainerStatus, policy v1.RestartPolicy) v1.PodPhase {
	hasFailed := func(s v1.ContainerStatus) bool { return isTerminated(s) && !hasSucceeded(s) }
	switch {
	case policy == v1.RestartPolicyNever && anyOf(inits, hasFailed):
		return v1.PodFailed
	case !all(inits, hasSucceeded), anyOf(apps, hasNeverRun):
		return v1.PodPending
	case !all(apps, isTerminated):
		return v1.PodRunning
	case all(apps, hasSucceeded):
		return v1.PodSucceeded
	default:
		return v1.PodFailed
	}
}

func isEnded(phase v1.PodPhase) bool { return phase == v1.PodSucceeded || phase == v1.PodFailed }

func isTerminated(s v1.ContainerStatus) bool { return s.State.Terminated != nil }

func hasSucceeded(s v1.ContainerStatus) bool {
	return isTerminated(s) && s.State.Terminated.ExitCode == 0
}

func hasNeverRun(s v1.ContainerStatus) bool {
	return s.State.Waiting != nil && s.LastTerminationState.Terminated == nil
}

func all(statuses []v1.ContainerStatus, holds func(v1.ContainerStatus) bool) bool {
	return !anyOf(statuses, func(s v1.ContainerStatus) bool { return !holds(s) })
}

func anyOf(statuses []v1.ContainerStatus, holds func(v1.ContainerStatus) bool) bool {
	for _, status := range statuses {
		if holds(status) {
			return true
		}
	}
	return false
}
