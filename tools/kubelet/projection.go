package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// A token of the pod's service account.
type token struct {
	text  string
	renew time.Time
}

// A projected file.
type projected struct {
	content []byte
	mode    os.FileMode
}

// files are what a Secret, a ConfigMap, the downward API or a projection of them puts into a volume,
// by path.
func (v *volumes) files(ctx context.Context, volume v1.Volume) (map[string]projected, error) {
	into := map[string]projected{}
	var err error
	switch {
	case volume.Secret != nil:
		source := volume.Secret
		err = v.secret(ctx, into, source.SecretName, source.Items, ptr.Deref(source.Optional, false), source.DefaultMode)
	case volume.ConfigMap != nil:
		source := volume.ConfigMap
		err = v.configMap(ctx, into, source.Name, source.Items, ptr.Deref(source.Optional, false), source.DefaultMode)
	case volume.DownwardAPI != nil:
		err = v.downward(into, volume.DownwardAPI.Items, volume.DownwardAPI.DefaultMode)
	case volume.Projected != nil:
		for _, source := range volume.Projected.Sources {
			if err = v.projection(ctx, into, source, volume.Projected.DefaultMode); err != nil {
				break
			}
		}
	default:
		err = fmt.Errorf("a volume of this kind is not supported here")
	}
	return into, err
}

func (v *volumes) projection(ctx context.Context, into map[string]projected, source v1.VolumeProjection, mode *int32) error {
	switch {
	case source.Secret != nil:
		s := source.Secret
		return v.secret(ctx, into, s.Name, s.Items, ptr.Deref(s.Optional, false), mode)
	case source.ConfigMap != nil:
		s := source.ConfigMap
		return v.configMap(ctx, into, s.Name, s.Items, ptr.Deref(s.Optional, false), mode)
	case source.DownwardAPI != nil:
		return v.downward(into, source.DownwardAPI.Items, mode)
	case source.ServiceAccountToken != nil:
		text, err := v.serviceAccountToken(ctx, *source.ServiceAccountToken)
		if err != nil {
			return err
		}
		// Only the pod's user may read it, or its group.
		into[source.ServiceAccountToken.Path] = projected{[]byte(text), 0o600}
		if v.group() < 0 {
			into[source.ServiceAccountToken.Path] = projected{[]byte(text), 0o644}
		}
		return nil
	}
	return fmt.Errorf("a projection of this kind is not supported here")
}

func (v *volumes) secret(ctx context.Context, into map[string]projected, name string, items []v1.KeyToPath, isOptional bool, mode *int32) error {
	object, err := v.pod.manager.client.CoreV1().Secrets(v.pod.object.Namespace).Get(ctx, name, metav1.GetOptions{})
	if isOptional && apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return choose(into, object.Data, items, isOptional, mode)
}

func (v *volumes) configMap(ctx context.Context, into map[string]projected, name string, items []v1.KeyToPath, isOptional bool, mode *int32) error {
	object, err := v.pod.manager.client.CoreV1().ConfigMaps(v.pod.object.Namespace).Get(ctx, name, metav1.GetOptions{})
	if isOptional && apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	data := map[string][]byte{}
	for key, text := range object.Data {
		data[key] = []byte(text)
	}
	for key, content := range object.BinaryData {
		data[key] = content
	}
	return choose(into, data, items, isOptional, mode)
}

// choose takes all keys, or those that items name.
func choose(into map[string]projected, data map[string][]byte, items []v1.KeyToPath, isOptional bool, mode *int32) error {
	usual := os.FileMode(ptr.Deref(mode, 0o644))
	if len(items) == 0 {
		for key, content := range data {
			into[key] = projected{content, usual}
		}
		return nil
	}
	for _, item := range items {
		content, ok := data[item.Key]
		if !ok && isOptional {
			continue
		}
		if !ok {
			return fmt.Errorf("there is no key %s", item.Key)
		}
		into[item.Path] = projected{content, os.FileMode(ptr.Deref(item.Mode, int32(usual)))}
	}
	return nil
}

func (v *volumes) downward(into map[string]projected, items []v1.DownwardAPIVolumeFile, mode *int32) error {
	for _, item := range items {
		if item.FieldRef == nil {
			return fmt.Errorf("%s: only fields are supported here", item.Path)
		}
		text, err := v.pod.field(item.FieldRef.FieldPath)
		if err != nil {
			return err
		}
		into[item.Path] = projected{[]byte(text), os.FileMode(ptr.Deref(item.Mode, ptr.Deref(mode, 0o644)))}
	}
	return nil
}

// serviceAccountToken asks the API server for one when the last one has lived for 80 % of its time,
// as kubelets do.
func (v *volumes) serviceAccountToken(ctx context.Context, source v1.ServiceAccountTokenProjection) (string, error) {
	if known, ok := v.tokens[source.Path+source.Audience]; ok && time.Now().Before(known.renew) {
		return known.text, nil
	}
	object := v.pod.object
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: source.ExpirationSeconds,
		BoundObjectRef: &authenticationv1.BoundObjectReference{
			Kind: "Pod", APIVersion: "v1", Name: object.Name, UID: object.UID,
		},
	}}
	if source.Audience != "" {
		request.Spec.Audiences = []string{source.Audience}
	}
	accounts := v.pod.manager.client.CoreV1().ServiceAccounts(object.Namespace)
	given, err := accounts.CreateToken(ctx, object.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	life := time.Until(given.Status.ExpirationTimestamp.Time)
	v.tokens[source.Path+source.Audience] = token{given.Status.Token, time.Now().Add(life * 4 / 5)}
	return given.Status.Token, nil
}

// project writes files that differ, each at once, and removes those that are to be no more.
func (v *volumes) project(directory string, files map[string]projected) error {
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	for path, file := range files {
		if !filepath.IsLocal(path) {
			return fmt.Errorf("the path %s leads out of the volume", path)
		}
		if err := v.replace(filepath.Join(directory, path), file); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !isWanted(entry.Name(), files) {
			if err := os.RemoveAll(filepath.Join(directory, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func isWanted(name string, files map[string]projected) bool {
	for path := range files {
		if path == name || strings.HasPrefix(path, name+"/") {
			return true
		}
	}
	return false
}

func (v *volumes) replace(path string, file projected) error {
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, file.content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	next := path + ".next"
	if err := os.WriteFile(next, file.content, 0o600); err != nil {
		return err
	}
	mode := file.mode
	if group := v.group(); group >= 0 {
		mode |= 0o440
		if err := os.Chown(next, 0, group); err != nil {
			return err
		}
	}
	if err := os.Chmod(next, mode); err != nil {
		return err
	}
	return os.Rename(next, path)
}
