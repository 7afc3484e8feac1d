package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-client/pkg/logs"
)

const (
	stdout = runtimeapi.Stdout
	stderr = runtimeapi.Stderr
	// longest is how long a line is before it is written in parts, as container runtimes do.
	longest = 16 * 1024
)

// An output keeps what an instance prints in a file, in the format of the container runtime
// interface, and passes it on to whoever is attached.
type output struct {
	mu      sync.Mutex
	file    *os.File
	members map[*member]struct{}
	streams []*stream
}

// A member is an attached client.
type member struct {
	out, err io.Writer
	once     sync.Once
	failed   chan struct{}
}

// A stream is stdout or stderr.
type stream struct {
	output  *output
	kind    runtimeapi.LogStreamType
	pending []byte
}

func newOutput(path string) (*output, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &output{file: file, members: map[*member]struct{}{}}, nil
}

func (o *output) stream(kind runtimeapi.LogStreamType) io.Writer {
	s := &stream{output: o, kind: kind}
	o.streams = append(o.streams, s)
	return s
}

func (o *output) join(out, err io.Writer) *member {
	o.mu.Lock()
	defer o.mu.Unlock()
	m := &member{out: out, err: err, failed: make(chan struct{})}
	o.members[m] = struct{}{}
	return m
}

func (o *output) leave(m *member) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.members, m)
}

// close writes what is left of unfinished lines.
func (o *output) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.streams {
		if len(s.pending) > 0 {
			_, _ = o.file.Write(entry(nil, s.kind, runtimeapi.LogTagPartial, s.pending))
		}
	}
	o.file.Close()
}

// Write never fails: a process does not end because of whoever reads.
func (s *stream) Write(text []byte) (int, error) {
	s.output.mu.Lock()
	defer s.output.mu.Unlock()
	// Nobody is told about a full disk; the log has a gap then.
	_, _ = s.output.file.Write(s.entries(text))
	for m := range s.output.members {
		to := m.out
		if s.kind == stderr {
			to = m.err
		}
		if to == nil {
			continue
		}
		if _, err := to.Write(text); err != nil {
			delete(s.output.members, m)
			m.once.Do(func() { close(m.failed) })
		}
	}
	return len(text), nil
}

// entries are the lines of the log that are complete now, or too long to wait.
func (s *stream) entries(text []byte) []byte {
	var log []byte
	s.pending = append(s.pending, text...)
	for {
		line, rest, found := bytes.Cut(s.pending, []byte("\n"))
		switch {
		case found && len(line) <= longest:
			log = entry(log, s.kind, runtimeapi.LogTagFull, line)
			s.pending = rest
		case len(line) > longest:
			log = entry(log, s.kind, runtimeapi.LogTagPartial, line[:longest])
			s.pending = s.pending[longest:]
		default:
			// What has been written needs no memory any more.
			s.pending = append([]byte(nil), s.pending...)
			return log
		}
	}
}

func entry(log []byte, kind runtimeapi.LogStreamType, tag runtimeapi.LogTag, line []byte) []byte {
	log = time.Now().AppendFormat(log, logs.RFC3339NanoFixed)
	for _, part := range [][]byte{[]byte(kind), []byte(tag)} {
		log = append(append(log, ' '), part...)
	}
	return append(append(append(log, ' '), line...), '\n')
}
