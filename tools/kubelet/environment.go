package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// environment holds variables in the order in which they were set.
type environment struct {
	names  []string
	values map[string]string
}

// environment is what the container's spec says, after what it has anyway.
func (c *container) environment(usual map[string]string) (*environment, error) {
	e := &environment{values: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(usual)) {
		e.set(name, usual[name])
	}
	e.set("HOSTNAME", c.pod.object.Name)
	for _, source := range c.spec.EnvFrom {
		if err := c.setAll(e, source); err != nil {
			return nil, err
		}
	}
	for _, variable := range c.spec.Env {
		value, isThere, err := c.value(variable)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", variable.Name, err)
		}
		if isThere {
			e.set(variable.Name, e.expand([]string{value})[0])
		}
	}
	return e, nil
}

// setAll sets a variable for each key of a ConfigMap or Secret.
func (c *container) setAll(e *environment, source v1.EnvFromSource) error {
	files := map[string]projected{}
	volumes := newVolumes(c.pod, "")
	var err error
	switch ctx := context.Background(); {
	case source.ConfigMapRef != nil:
		ref := source.ConfigMapRef
		err = volumes.configMap(ctx, files, ref.Name, nil, ptr.Deref(ref.Optional, false), nil)
	case source.SecretRef != nil:
		ref := source.SecretRef
		err = volumes.secret(ctx, files, ref.Name, nil, ptr.Deref(ref.Optional, false), nil)
	}
	for _, key := range slices.Sorted(maps.Keys(files)) {
		e.set(source.Prefix+key, string(files[key].content))
	}
	return err
}

// value gives what a variable is, unless it is optional and not there.
func (c *container) value(variable v1.EnvVar) (value string, isThere bool, err error) {
	source := variable.ValueFrom
	if source == nil {
		return variable.Value, true, nil
	}
	if source.FieldRef != nil {
		value, err = c.pod.field(source.FieldRef.FieldPath)
		return value, true, err
	}
	files, volumes := map[string]projected{}, newVolumes(c.pod, "")
	const path = "value"
	switch ctx := context.Background(); {
	case source.ConfigMapKeyRef != nil:
		ref := source.ConfigMapKeyRef
		key := []v1.KeyToPath{{Key: ref.Key, Path: path}}
		err = volumes.configMap(ctx, files, ref.Name, key, ptr.Deref(ref.Optional, false), nil)
	case source.SecretKeyRef != nil:
		ref := source.SecretKeyRef
		key := []v1.KeyToPath{{Key: ref.Key, Path: path}}
		err = volumes.secret(ctx, files, ref.Name, key, ptr.Deref(ref.Optional, false), nil)
	default:
		err = fmt.Errorf("this source is not supported here")
	}
	file, isThere := files[path]
	return string(file.content), isThere, err
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
