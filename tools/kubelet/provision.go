package main

import (
	"context"
	"log"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

// provision gives a directory of this machine to each PersistentVolumeClaim that names no class and
// no volume, and removes it with the claim. The controller manager binds the two.
func (m *manager) provision(ctx context.Context, factory informers.SharedInformerFactory) error {
	claims := factory.Core().V1().PersistentVolumeClaims().Informer()
	_, err := claims.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { m.onClaim(ctx, object.(*v1.PersistentVolumeClaim)) },
	})
	if err != nil {
		return err
	}
	volumes := factory.Core().V1().PersistentVolumes().Informer()
	_, err = volumes.AddEventHandler(cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(_, object any) { m.onVolume(ctx, object.(*v1.PersistentVolume)) },
	})
	return err
}

func (m *manager) onClaim(ctx context.Context, claim *v1.PersistentVolumeClaim) {
	class := claim.Spec.StorageClassName
	if claim.Spec.VolumeName != "" || (class != nil && *class != "") {
		return
	}
	name := "claim-" + string(claim.UID)
	directory := filepath.Join(m.directory, "claims", name)
	err := os.MkdirAll(directory, 0o777)
	if err == nil {
		_, err = m.client.CoreV1().PersistentVolumes().Create(ctx, volumeFor(claim, name, directory), metav1.CreateOptions{})
	}
	if err != nil && !apierrors.IsAlreadyExists(err) {
		log.Printf("%s/%s gets no volume: %v", claim.Namespace, claim.Name, err)
	}
}

func volumeFor(claim *v1.PersistentVolumeClaim, name, directory string) *v1.PersistentVolume {
	return &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1.PersistentVolumeSpec{
			Capacity:    claim.Spec.Resources.Requests,
			AccessModes: claim.Spec.AccessModes,
			// It is removed here: the controller manager knows no such directory.
			PersistentVolumeReclaimPolicy: v1.PersistentVolumeReclaimRetain,
			ClaimRef: &v1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			PersistentVolumeSource: v1.PersistentVolumeSource{
				HostPath: &v1.HostPathVolumeSource{Path: directory},
			},
		},
	}
}

// onVolume removes what belongs to no claim any more.
func (m *manager) onVolume(ctx context.Context, volume *v1.PersistentVolume) {
	if volume.Status.Phase != v1.VolumeReleased || volume.Spec.HostPath == nil || volume.DeletionTimestamp != nil {
		return
	}
	path := volume.Spec.HostPath.Path
	if filepath.Dir(path) != filepath.Join(m.directory, "claims") {
		return
	}
	if err := os.RemoveAll(path); err != nil {
		log.Print(err)
	}
	err := m.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		log.Printf("the volume %s is not deleted: %v", volume.Name, err)
	}
}
