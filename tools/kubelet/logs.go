package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-client/pkg/logs"
)

// containerLogs sends what a container has printed, and with follow what it goes on to print.
func (m *manager) containerLogs(w http.ResponseWriter, r *http.Request) {
	c, ok := m.found(w, r)
	if !ok {
		return
	}
	options, err := logOptions(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	path, err := c.log(options.Previous)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out := flusher{w, http.NewResponseController(w)}
	// The header goes out before the first line does.
	_ = out.controller.Flush()
	errors := io.Writer(out)
	if options.Stream != nil && *options.Stream == v1.LogStreamStdout {
		errors = nil
	}
	ordinary := io.Writer(out)
	if options.Stream != nil && *options.Stream == v1.LogStreamStderr {
		ordinary = nil
	}
	err = logs.ReadLogs(r.Context(), nil, path, c.spec.Name, logs.NewLogOptions(options, time.Now()),
		runtimeOf{container: c}, ordinary, errors)
	if err != nil && r.Context().Err() == nil {
		log.Printf("the log of %s: %v", c.spec.Name, err)
	}
}

// log is the file of the instance that runs or ran last, or of the one before.
func (c *container) log(previous bool) (string, error) {
	status := c.currentStatus()
	restarts := status.RestartCount
	// Between two instances the last one is the previous one, too.
	if previous && status.State.Waiting == nil {
		restarts--
	}
	path := c.logFile(restarts)
	if _, err := os.Stat(path); err != nil {
		if previous {
			return "", fmt.Errorf("previous terminated container %q in pod %q not found", c.spec.Name, c.pod.object.Name)
		}
		return "", fmt.Errorf("container %q in pod %q is waiting to start: ContainerCreating", c.spec.Name, c.pod.object.Name)
	}
	return path, nil
}

// logOptions reads the query that the API server makes of PodLogOptions.
func logOptions(query url.Values) (*v1.PodLogOptions, error) {
	options := &v1.PodLogOptions{
		Follow:     isTrue(query, "follow"),
		Previous:   isTrue(query, "previous"),
		Timestamps: isTrue(query, "timestamps"),
	}
	for name, to := range map[string]**int64{
		"tailLines":    &options.TailLines,
		"limitBytes":   &options.LimitBytes,
		"sinceSeconds": &options.SinceSeconds,
	} {
		if !query.Has(name) {
			continue
		}
		value, err := strconv.ParseInt(query.Get(name), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		*to = &value
	}
	if query.Has("sinceTime") {
		since, err := time.Parse(time.RFC3339, query.Get("sinceTime"))
		if err != nil {
			return nil, err
		}
		options.SinceTime = &metav1.Time{Time: since}
	}
	if query.Has("stream") {
		stream := query.Get("stream")
		options.Stream = &stream
	}
	return options, nil
}

func isTrue(query url.Values, name string) bool {
	value, err := strconv.ParseBool(query.Get(name))
	return err == nil && value
}

// A flusher sends each line at once.
type flusher struct {
	io.Writer
	controller *http.ResponseController
}

func (f flusher) Write(text []byte) (int, error) {
	n, err := f.Writer.Write(text)
	if err == nil {
		err = f.controller.Flush()
	}
	return n, err
}

// runtimeOf is a container runtime as far as the reader of logs asks one: whether more may come.
type runtimeOf struct {
	internalapi.RuntimeService
	container *container
}

// ContainerStatus tells whether the container runs.
func (r runtimeOf) ContainerStatus(context.Context, string, bool) (*runtimeapi.ContainerStatusResponse, error) {
	state := runtimeapi.ContainerState_CONTAINER_EXITED
	if _, err := r.container.running(); err == nil {
		state = runtimeapi.ContainerState_CONTAINER_RUNNING
	}
	return &runtimeapi.ContainerStatusResponse{Status: &runtimeapi.ContainerStatus{State: state}}, nil
}
