package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"winnow/output/disk"
)

// ownerFile is where a corpus has its Owner, relative to the corpus.
const ownerFile = ".winnow.json"

// maxOwner is the most that an owner file can have, in bytes.
const maxOwner = 4 << 10

// Owner tells which state the files of a corpus are made from.
type Owner struct {
	State  string `json:"state"`  // the identity of the state
	Corpus string `json:"corpus"` // the identity of this corpus: a state has one at a time
	Place  string `json:"place"`  // the file of the state, an absolute path; "" for a database server
}

// Owner is OwnerOf the corpus.
func (f *Folder) Owner() (o Owner, known bool, err error) { return OwnerOf(f.dir) }

// OwnerOf returns the owner of the corpus in dir; known is false for a folder that has
// none, such as a new one. A damaged file is an error that names it.
func OwnerOf(dir string) (o Owner, known bool, err error) {
	full := filepath.Join(dir, ownerFile)
	file, err := os.Open(full)
	if errors.Is(err, fs.ErrNotExist) {
		return o, false, nil
	}
	if err != nil {
		return o, false, disk.Explain("read", full, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxOwner))
	if err != nil {
		return o, false, disk.Explain("read", full, err)
	}
	if err := json.Unmarshal(data, &o); err != nil || o.State == "" || o.Corpus == "" {
		return Owner{}, false, fmt.Errorf("%s is damaged: it has to say which state the corpus belongs to; remove it if that is the configured one", full)
	}
	return o, true, nil
}

// SetOwner writes the owner of the corpus.
func (f *Folder) SetOwner(o Owner) error {
	full, err := f.place(ownerFile)
	if err != nil {
		return err
	}
	err = f.replace(full, func(w io.Writer) error { return json.NewEncoder(w).Encode(o) })
	if err != nil {
		return err
	}
	return disk.Sync(f.dir)
}
