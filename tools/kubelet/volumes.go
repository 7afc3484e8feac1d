package main

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// refresh is how often is looked whether Secrets, ConfigMaps and tokens have changed.
const refresh = 30 * time.Second

// volumes are the directories of a pod's volumes.
type volumes struct {
	pod       *pod
	directory string

	mu sync.Mutex
	// tokens are the service account's, by path, until they are to be renewed.
	tokens map[string]token
	// claims are the directories of PersistentVolumeClaims, which outlive the pod.
	claims map[string]string
}

func newVolumes(p *pod, directory string) *volumes {
	return &volumes{pod: p, directory: directory, tokens: map[string]token{}, claims: map[string]string{}}
}

// keepFresh writes what has changed, until ctx ends.
func (v *volumes) keepFresh(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(refresh):
			if err := v.write(ctx); err != nil && ctx.Err() == nil {
				log.Printf("the volumes of %s/%s: %v", v.pod.object.Namespace, v.pod.object.Name, err)
			}
		}
	}
}

func (v *volumes) write(ctx context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, volume := range v.pod.object.Spec.Volumes {
		if err := v.writeOne(ctx, volume); err != nil {
			return fmt.Errorf("volume %s: %w", volume.Name, err)
		}
	}
	return nil
}

func (v *volumes) writeOne(ctx context.Context, volume v1.Volume) error {
	directory := filepath.Join(v.directory, volume.Name)
	switch {
	case volume.EmptyDir != nil:
		if _, err := os.Stat(directory); err == nil {
			return nil
		}
		return v.writable(directory)
	case volume.PersistentVolumeClaim != nil:
		if _, ok := v.claims[volume.Name]; ok {
			return nil
		}
		claim := volume.PersistentVolumeClaim.ClaimName
		directory, err := v.claim(ctx, claim)
		if err != nil {
			return err
		}
		if err := v.writable(directory); err != nil {
			return err
		}
		v.claims[volume.Name] = directory
		return nil
	}
	files, err := v.files(ctx, volume)
	if err != nil {
		return err
	}
	return v.project(directory, files)
}

// path is where a mount of a volume is on this machine.
func (v *volumes) path(mount v1.VolumeMount) (string, error) {
	v.mu.Lock()
	directory, ok := v.claims[mount.Name]
	v.mu.Unlock()
	if !ok {
		directory = filepath.Join(v.directory, mount.Name)
	}
	if mount.SubPath != "" && !filepath.IsLocal(mount.SubPath) {
		return "", fmt.Errorf("the path %s leads out of the volume", mount.SubPath)
	}
	path := filepath.Join(directory, mount.SubPath)
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	return path, nil
}

// claim is the directory of a PersistentVolumeClaim that is bound to one of ours.
func (v *volumes) claim(ctx context.Context, name string) (string, error) {
	client := v.pod.manager.client.CoreV1()
	claim, err := client.PersistentVolumeClaims(v.pod.object.Namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	if claim.Status.Phase != v1.ClaimBound {
		return "", fmt.Errorf("the claim %s is not bound", name)
	}
	volume, err := client.PersistentVolumes().Get(ctx, claim.Spec.VolumeName, metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	if volume.Spec.HostPath == nil {
		return "", fmt.Errorf("the volume %s is no directory of this machine", volume.Name)
	}
	return volume.Spec.HostPath.Path, nil
}

// writable makes a directory in which the pod's group may write (`fsGroup`), or everybody. What is in
// it already is the group's too, unless the pod wants that only of a directory that is not.
func (v *volumes) writable(directory string) error {
	if err := os.MkdirAll(directory, 0o777); err != nil {
		return err
	}
	group := v.group()
	if group < 0 {
		return os.Chmod(directory, 0o777)
	}
	info, err := os.Stat(directory)
	if err != nil {
		return err
	}
	policy := v.pod.object.Spec.SecurityContext.FSGroupChangePolicy
	isMine := info.Sys().(*syscall.Stat_t).Gid == uint32(group)
	if isMine && ptr.Deref(policy, v1.FSGroupChangeAlways) == v1.FSGroupChangeOnRootMismatch {
		return nil
	}
	return filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		return giveTo(group, path)
	})
}

// giveTo lets a group read and write.
func giveTo(group int, path string) error {
	if err := os.Chown(path, -1, group); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	mode := info.Mode() | 0o660
	if info.IsDir() {
		mode |= 0o110 | os.ModeSetgid
	}
	return os.Chmod(path, mode)
}

// group is the pod's `fsGroup`, or -1.
func (v *volumes) group() int {
	context := v.pod.object.Spec.SecurityContext
	if context == nil || context.FSGroup == nil {
		return -1
	}
	return int(*context.FSGroup)
}
