package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestACommandReplacesWhatTheImageRuns(t *testing.T) {
	of := image{Entrypoint: []string{"/program"}, Cmd: []string{"serve"}}
	for _, test := range []struct {
		image           image
		command, args   []string
		hasRuntimeClass bool
		expected        []string
	}{
		{of, nil, nil, false, []string{"/program", "serve"}},
		{of, nil, []string{"tunnel"}, false, []string{"/program", "tunnel"}},
		{of, []string{"/other"}, nil, false, []string{"/other"}},
		{of, []string{"/other"}, []string{"x"}, false, []string{"/other", "x"}},
		{of, nil, nil, true, []string{"/program", "serve"}},
		{image{Shim: []string{"spin", "up"}}, []string{"/"}, nil, true, []string{"spin", "up"}},
	} {
		got, err := test.image.argv(test.command, test.args, test.hasRuntimeClass)
		if err != nil || !slices.Equal(got, test.expected) {
			t.Errorf("%v: %v, %v", test, got, err)
		}
	}
	if got, err := (image{Shim: []string{"spin"}}).argv(nil, nil, false); err == nil {
		t.Errorf("without a runtime class nothing runs it: %v", got)
	}
}

func TestTheUserOfAnImageIsANumber(t *testing.T) {
	uid, gid, err := image{User: "65532:65533"}.user()
	if uid != 65532 || gid != 65533 || err != nil {
		t.Error(uid, gid, err)
	}
	if _, _, err := (image{User: "nobody"}).user(); err == nil {
		t.Error("a name was taken")
	}
}

func TestTheTableOfImagesIsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "images.json")
	text := `{"proxy:1": {"entrypoint": ["/p"], "workingDir": "/app", "files": {"/p": "/usr/bin/p"}}}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	table, err := images(file)
	if err != nil || table["proxy:1"].WorkingDir != "/app" || table["proxy:1"].Files["/p"] != "/usr/bin/p" {
		t.Error(table, err)
	}
	if table, err := images(""); table != nil || err != nil {
		t.Error(table, err)
	}
}
