package sqldb

// SetFault makes steps of the group fail; call it before the first Update.
func (db *DB) SetFault(fault func(step string) error) { db.group.fault = fault }

// Waiting returns how many callers of Update wait in the queue.
func (db *DB) Waiting() int { return len(db.group.queue) }

// CheckpointCommits is after how many commits the log is moved into the file.
const CheckpointCommits = checkpointCommits
