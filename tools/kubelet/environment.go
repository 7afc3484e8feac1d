package main

import (
	"context"
	"fmt"
	"os"
	"regexp"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// environment holds variables in the order in which they were set.
type environment struct {
	names  []string
	values map[string]string
}

// environment is what the container's spec says, after what a shell needs.
func (c *container) environment(home string) (*environment, error) {
	e := &environment{values: map[string]string{}}
	e.set("PATH", os.Getenv("PATH"))
	e.set("HOME", home)
	e.set("TMPDIR", home)
	e.set("HOSTNAME", c.pod.object.Name)
	if len(c.spec.EnvFrom) > 0 {
		return nil, fmt.Errorf("envFrom is not supported here")
	}
	for _, variable := range c.spec.Env {
		value, err := c.value(variable)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", variable.Name, err)
		}
		e.set(variable.Name, e.expand([]string{value})[0])
	}
	return e, nil
}

func (c *container) value(variable v1.EnvVar) (string, error) {
	source := variable.ValueFrom
	switch {
	case source == nil:
		return variable.Value, nil
	case source.FieldRef != nil:
		return c.field(source.FieldRef.FieldPath)
	case source.ConfigMapKeyRef != nil:
		ref := source.ConfigMapKeyRef
		maps := c.pod.manager.client.CoreV1().ConfigMaps(c.pod.object.Namespace)
		object, err := maps.Get(context.Background(), ref.Name, metav1.GetOptions{})
		if err != nil {
			return "", err
		}
		return object.Data[ref.Key], nil
	case source.SecretKeyRef != nil:
		ref := source.SecretKeyRef
		secrets := c.pod.manager.client.CoreV1().Secrets(c.pod.object.Namespace)
		object, err := secrets.Get(context.Background(), ref.Name, metav1.GetOptions{})
		if err != nil {
			return "", err
		}
		return string(object.Data[ref.Key]), nil
	default:
		return "", fmt.Errorf("this source is not supported here")
	}
}

// field is the downward API, as far as it is used.
func (c *container) field(path string) (string, error) {
	object := c.pod.object
	switch path {
	case "metadata.name":
		return object.Name, nil
	case "metadata.namespace":
		return object.Namespace, nil
	case "metadata.uid":
		return string(object.UID), nil
	case "spec.nodeName":
		return object.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return object.Spec.ServiceAccountName, nil
	case "status.hostIP":
		return c.pod.manager.node.address, nil
	case "status.podIP", "status.podIPs":
		return c.pod.address, nil
	default:
		return "", fmt.Errorf("the field %s is not supported here", path)
	}
}

func (e *environment) set(name, value string) {
	if _, ok := e.values[name]; !ok {
		e.names = append(e.names, name)
	}
	e.values[name] = value
}

func (e *environment) list() []string {
	list := make([]string, 0, len(e.names))
	for _, name := range e.names {
		list = append(list, name+"="+e.values[name])
	}
	return list
}

var reference = regexp.MustCompile(`\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)`)

// expand replaces $(NAME) as Kubernetes does: what is unknown stays, and $$ is a dollar sign.
func (e *environment) expand(texts []string) []string {
	expanded := make([]string, len(texts))
	for i, text := range texts {
		expanded[i] = reference.ReplaceAllStringFunc(text, func(found string) string {
			if found == "$$" {
				return "$"
			}
			if value, ok := e.values[found[2:len(found)-1]]; ok {
				return value
			}
			return found
		})
	}
	return expanded
}
