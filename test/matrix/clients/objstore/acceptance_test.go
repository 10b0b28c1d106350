package main

import (
	"os"
	"testing"

	"github.com/thanos-io/objstore"
)

// What Thanos asks of every object store, whole, below the prefix of the config.
func TestAcceptance(t *testing.T) {
	bucket, err := openBucket(os.Getenv("OBJSTORE_CONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	objstore.AcceptanceTest(t, bucket)
}
