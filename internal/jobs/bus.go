package jobs

import (
	"context"
	"fmt"
	"reflect"

	"capillare/internal/sqldb"
)

// Bus carries facts from the package where they happen to those that must react in the same
// transaction. Subscribe everything before the first fact: a Bus is then safe for concurrent use.
// A nil Bus is heard by nobody.
type Bus struct {
	heard map[reflect.Type][]func(context.Context, *sqldb.Tx, any) error
}

// NewBus returns a Bus that nobody listens to yet.
func NewBus() *Bus {
	return &Bus{heard: map[reflect.Type][]func(context.Context, *sqldb.Tx, any) error{}}
}

// Subscribe calls fn for each fact of type T that is published on b, in the order of subscription.
func Subscribe[T any](b *Bus, fn func(ctx context.Context, tx *sqldb.Tx, fact T) error) {
	t := reflect.TypeFor[T]()
	b.heard[t] = append(b.heard[t], func(ctx context.Context, tx *sqldb.Tx, fact any) error {
		return fn(ctx, tx, fact.(T))
	})
}

// Publish tells fact to its subscribers. The first error ends it and must end the transaction.
func (b *Bus) Publish(ctx context.Context, tx *sqldb.Tx, fact any) error {
	if b == nil {
		return nil
	}
	for _, fn := range b.heard[reflect.TypeOf(fact)] {
		if err := fn(ctx, tx, fact); err != nil {
			return fmt.Errorf("react to %T: %w", fact, err)
		}
	}
	return nil
}
