package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// field is the downward API, as far as it is used.
func (p *pod) field(path string) (string, error) {
	object := p.object
	if name, key, ok := subscript(path); ok {
		switch name {
		case "metadata.labels":
			return object.Labels[key], nil
		case "metadata.annotations":
			return object.Annotations[key], nil
		}
	}
	switch path {
	case "metadata.name":
		return object.Name, nil
	case "metadata.namespace":
		return object.Namespace, nil
	case "metadata.uid":
		return string(object.UID), nil
	case "metadata.labels":
		return lines(object.Labels), nil
	case "metadata.annotations":
		return lines(object.Annotations), nil
	case "spec.nodeName":
		return object.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return object.Spec.ServiceAccountName, nil
	case "status.hostIP":
		return p.manager.node.address, nil
	case "status.podIP", "status.podIPs":
		return p.address, nil
	default:
		return "", fmt.Errorf("the field %s is not supported here", path)
	}
}

// subscript reads name['key'].
func subscript(path string) (name, key string, ok bool) {
	name, rest, ok := strings.Cut(path, "['")
	key, isClosed := strings.CutSuffix(rest, "']")
	return name, key, ok && isClosed
}

// lines are key="value", as in a volume.
func lines(of map[string]string) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(of)) {
		fmt.Fprintf(&text, "%s=%q\n", key, of[key])
	}
	return text.String()
}
