package output

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"winnow/output/disk"
)

// ManifestPath returns the path of the manifest of a run, relative to the corpus:
// its changes, one a line.
func ManifestPath(run string) string { return "_manifest/" + safeID(run) + ".jsonl" }

// AppendManifest appends changes to the manifest of the run. A run that was killed
// and continued may list a change twice: the last line of a path counts. Several
// processes may append to one manifest.
func (f *Folder) AppendManifest(run string, changes ...Change) error {
	if len(changes) == 0 {
		return nil
	}
	full, err := f.place(ManifestPath(run))
	if err != nil {
		return err
	}
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	enc.SetEscapeHTML(false)
	for _, c := range changes {
		if err := enc.Encode(c); err != nil {
			return err
		}
	}
	if err := disk.MkdirAll(filepath.Dir(full)); err != nil {
		return err
	}
	return disk.Explain("write", full, appendLines(full, lines.Bytes()))
}

// appendLines appends to a file, under its lock. It first cuts off a torn last
// line, which a power cut or a failed write may leave.
func appendLines(full string, lines []byte) error {
	file, err := os.OpenFile(full, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	end, err := wholeLines(file)
	if err != nil {
		return err
	}
	if err := file.Truncate(end); err != nil {
		return err
	}
	if _, err := file.WriteAt(lines, end); err != nil {
		file.Truncate(end) // if that fails, the next append cuts it off
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if end == 0 {
		return disk.Sync(filepath.Dir(full))
	}
	return nil
}

// wholeLines returns the length of the file up to its last line feed.
func wholeLines(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	buf := make([]byte, 4096)
	for end := info.Size(); end > 0; {
		begin := max(0, end-int64(len(buf)))
		n, err := file.ReadAt(buf[:end-begin], begin)
		if err != nil && err != io.EOF {
			return 0, err
		}
		if at := bytes.LastIndexByte(buf[:n], '\n'); at >= 0 {
			return begin + int64(at) + 1, nil
		}
		end = begin
	}
	return 0, nil
}
