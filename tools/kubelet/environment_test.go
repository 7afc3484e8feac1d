package main

import (
	"slices"
	"testing"
)

func TestExpandReplacesWhatIsKnown(t *testing.T) {
	e := &environment{values: map[string]string{}}
	e.set("NAME", "alice")
	e.set("EMPTY", "")
	for text, expected := range map[string]string{
		"plain":            "plain",
		"$(NAME)!":         "alice!",
		"$(EMPTY)":         "",
		"$(UNKNOWN)":       "$(UNKNOWN)",
		"$$(NAME)":         "$(NAME)",
		"$NAME ${NAME}":    "$NAME ${NAME}",
		"$(NAME)$(UNKNOWN": "alice$(UNKNOWN",
	} {
		if got := e.expand([]string{text})[0]; got != expected {
			t.Errorf("%q: %q instead of %q", text, got, expected)
		}
	}
}

func TestAVariableIsSetOnce(t *testing.T) {
	e := &environment{values: map[string]string{}}
	e.set("A", "1")
	e.set("B", "2")
	e.set("A", "3")
	if got := e.list(); !slices.Equal(got, []string{"A=3", "B=2"}) {
		t.Error(got)
	}
}
