package corpus

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"winnow/internal/store"
	"winnow/output"
	"winnow/output/warc"
)

// archive checks that the pages which the state has in the archive are there. Pages
// cannot be made from the state: with repair their places are deleted from it.
func (v *verifier) archive(ctx context.Context) error {
	files, err := v.Store.ArchivedFiles(ctx)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := v.archiveFile(ctx, file); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) archiveFile(ctx context.Context, file string) error {
	places, err := v.Store.ArchivedIn(ctx, file)
	if err != nil {
		return err
	}
	v.report.Files++
	sound := map[int64]bool{}
	damaged := map[int64]error{}
	err = warc.Check(v.Archive.Dir, file, func(offset int64, err error) {
		if err == nil {
			sound[offset] = true
		} else {
			damaged[offset] = err
		}
	})
	gone := errors.Is(err, fs.ErrNotExist)
	if err != nil && !gone && !errors.Is(err, warc.ErrNotWARC) {
		return err
	}
	if places, err = v.stillThere(ctx, file, places); err != nil {
		return err
	}
	var lost []store.Place
	for _, p := range places {
		v.report.Records.Checked++
		if sound[p.Offset] && damaged[p.Offset] == nil {
			continue
		}
		fault := Fault{Kind: KindRecord, Fault: output.Damaged, Path: path.Join("warc", file), Offset: p.Offset, URL: p.URL, Why: "no record begins here"}
		if gone {
			fault.Fault, fault.Why = output.Missing, "the file is not there"
		} else if damaged[p.Offset] != nil {
			fault.Why = damaged[p.Offset].Error()
		}
		lost = append(lost, p)
		v.fault(&v.report.Records, fault)
	}
	if !v.repair || len(lost) == 0 {
		return nil
	}
	return v.Store.ArchiveLost(ctx, file, lost)
}

// stillThere returns the places that the state still has: the file may have been pruned
// meanwhile.
func (v *verifier) stillThere(ctx context.Context, file string, places []store.Place) ([]store.Place, error) {
	now, err := v.Store.ArchivedIn(ctx, file)
	if err != nil {
		return nil, err
	}
	have := map[store.Place]bool{}
	for _, p := range now {
		have[p] = true
	}
	still := places[:0]
	for _, p := range places {
		if have[p] {
			still = append(still, p)
		}
	}
	return still, nil
}
