package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestLinesAreKeptWithTimeAndStream(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logs", "0.log")
	o, err := newOutput(path)
	if err != nil {
		t.Fatal(err)
	}
	var out, complaints bytes.Buffer
	member := o.join(&out, &complaints)
	ordinary, bad := o.stream(stdout), o.stream(stderr)
	for _, text := range []string{"one\ntw", "o\n", "unfinished"} {
		if _, err := ordinary.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = bad.Write([]byte("oops\n"))
	o.leave(member)
	_, _ = bad.Write([]byte(strings.Repeat("x", longest+1) + "\n"))
	o.close()
	if out.String() != "one\ntwo\nunfinished" || complaints.String() != "oops\n" {
		t.Errorf("attached: %q and %q", out.String(), complaints.String())
	}
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	kept := regexp.MustCompile(`(?m)^\S+ `).ReplaceAllString(string(log), "")
	expected := "stdout F one\nstdout F two\nstderr F oops\n" +
		"stderr P " + strings.Repeat("x", longest) + "\nstderr F x\nstdout P unfinished\n"
	if kept != expected {
		t.Errorf("kept: %q", kept)
	}
}
