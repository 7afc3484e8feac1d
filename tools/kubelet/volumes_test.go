package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func content(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAVolumeHasWhatItsSourcesHaveAndFollowsThem(t *testing.T) {
	secret := &v1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "s", Namespace: "demo"},
		Data:       map[string][]byte{"a": []byte("one"), "b": []byte("not asked for")},
	}
	isOptional := true
	p, store := podWith(t, v1.PodSpec{Volumes: []v1.Volume{{Name: "all", VolumeSource: v1.VolumeSource{
		Projected: &v1.ProjectedVolumeSource{Sources: []v1.VolumeProjection{
			{Secret: &v1.SecretProjection{
				LocalObjectReference: v1.LocalObjectReference{Name: "s"},
				Items:                []v1.KeyToPath{{Key: "a", Path: "deep/a"}},
			}},
			{ConfigMap: &v1.ConfigMapProjection{
				LocalObjectReference: v1.LocalObjectReference{Name: "none"}, Optional: &isOptional,
			}},
			{DownwardAPI: &v1.DownwardAPIProjection{Items: []v1.DownwardAPIVolumeFile{
				{Path: "labels", FieldRef: &v1.ObjectFieldSelector{FieldPath: "metadata.labels"}},
			}}},
		}},
	}}}})
	const path = "/api/v1/namespaces/demo/secrets/s"
	store.put(path, secret)
	v := newVolumes(p, t.TempDir())
	if err := v.write(context.Background()); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(v.directory, "all", name) }
	if got := content(t, at("deep/a")); got != "one" {
		t.Error(got)
	}
	if got := content(t, at("labels")); got != "app=\"web\"\n" {
		t.Error(got)
	}
	changed := secret.DeepCopy()
	changed.Data["a"] = []byte("two")
	store.put(path, changed)
	if err := v.write(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := content(t, at("deep/a")); got != "two" {
		t.Error(got)
	}
}

func TestAVolumeWithoutItsSecretIsAnErrorThatNamesIt(t *testing.T) {
	p, _ := podWith(t, v1.PodSpec{Volumes: []v1.Volume{{Name: "tls", VolumeSource: v1.VolumeSource{
		Secret: &v1.SecretVolumeSource{SecretName: "missing"},
	}}}})
	err := newVolumes(p, t.TempDir()).write(context.Background())
	if err == nil || err.Error() != `volume tls: secrets "missing" not found` {
		t.Error(err)
	}
}

func TestAMountStaysWithinItsVolume(t *testing.T) {
	p, _ := podWith(t, v1.PodSpec{})
	v := newVolumes(p, t.TempDir())
	if err := os.MkdirAll(filepath.Join(v.directory, "data", "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, isThere := range map[string]bool{"": true, "sub": true, "none": false, "..": false, "../data": false, "/etc": false} {
		_, err := v.path(v1.VolumeMount{Name: "data", SubPath: path})
		if (err == nil) != isThere {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestAClaimThatAsksForNoClassGetsADirectory(t *testing.T) {
	class := "other"
	p, store := podWith(t, v1.PodSpec{})
	for name, asked := range map[string]*string{"plain": nil, "classy": &class} {
		p.manager.onClaim(context.Background(), &v1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "demo", UID: types.UID(name)},
			Spec:       v1.PersistentVolumeClaimSpec{StorageClassName: asked},
		})
	}
	const made = "/api/v1/persistentvolumes/claim-plain"
	if !store.has(made) || store.has("/api/v1/persistentvolumes/claim-classy") {
		t.Error(store.objects)
	}
	directory := filepath.Join(p.manager.directory, "claims", "claim-plain")
	if _, err := os.Stat(directory); err != nil {
		t.Error(err)
	}
	claim := &v1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "plain", Namespace: "demo"}}
	volume := volumeFor(claim, "claim-plain", directory)
	volume.Status.Phase = v1.VolumeReleased
	p.manager.onVolume(context.Background(), volume)
	if _, err := os.Stat(directory); !os.IsNotExist(err) || store.has(made) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestTheGroupGetsWhatIsInAVolumeUnlessOnlyTheRootCounts(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	group, onMismatch := int64(65532), v1.FSGroupChangeOnRootMismatch
	for _, policy := range []*v1.PodFSGroupChangePolicy{nil, &onMismatch} {
		p, _ := podWith(t, v1.PodSpec{SecurityContext: &v1.PodSecurityContext{FSGroup: &group, FSGroupChangePolicy: policy}})
		v := newVolumes(p, t.TempDir())
		directory := filepath.Join(t.TempDir(), "data")
		if err := v.writable(directory); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(directory, "sessions.db")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := v.writable(directory); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil || (info.Mode().Perm() == 0o660) != (policy == nil) {
			t.Error(info.Mode(), err)
		}
	}
}
