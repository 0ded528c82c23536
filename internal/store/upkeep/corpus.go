package upkeep

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"winnow/internal/store/database"
)

// Names of the settings that tie a state and its corpus to each other.
const (
	settingIdentity = "identity" // of this state, see Identity
	settingCorpus   = "corpus"   // a Corpus as JSON
)

// Corpus is the folder that the files of a state are in.
type Corpus struct {
	ID  string `json:"id"`  // as in the folder, see output.Owner
	Dir string `json:"dir"` // where it was last, an absolute path
}

// NewIdentity returns a name that nothing else has: 32 random hexadecimal digits.
func NewIdentity() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, see its documentation
	return hex.EncodeToString(b[:])
}

// Identity returns the name of this state, which stays with it when it is moved or
// copied. It is made when it is first asked for.
func (s *State) Identity(ctx context.Context) (id string, err error) {
	err = s.db.Write(ctx, func(t *database.Tx) error {
		if _, err := t.Exec(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", settingIdentity, NewIdentity()); err != nil {
			return err
		}
		_, err := t.One(ctx, "SELECT value FROM setting WHERE name = $1", []any{settingIdentity}, &id)
		return err
	})
	return id, err
}

// Corpus returns the corpus of this state; known is false for a state that has had none.
func (s *State) Corpus(ctx context.Context) (c Corpus, known bool, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		var stored string
		known, err = t.One(ctx, "SELECT value FROM setting WHERE name = $1", []any{settingCorpus}, &stored)
		if err != nil || !known {
			return err
		}
		if err := json.Unmarshal([]byte(stored), &c); err != nil {
			return fmt.Errorf("the setting %s of the state is damaged: %w", settingCorpus, err)
		}
		return nil
	})
	return c, known, err
}

// SetCorpus stores which corpus is this state's from now on.
func (s *State) SetCorpus(ctx context.Context, c Corpus) error {
	value, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(t *database.Tx) error {
		_, err := t.Exec(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", settingCorpus, string(value))
		return err
	})
}
