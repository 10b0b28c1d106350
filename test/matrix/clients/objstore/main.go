// One deed of Thanos' objstore: objstore VERB ARGUMENT…, its bucket from the YAML file that $OBJSTORE_CONFIG names.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/thanos-io/objstore"
)

type deed func(ctx context.Context, bucket objstore.Bucket, args []string) error

var deeds = map[string]deed{
	"put":    put,
	"stream": stream,
	"get":    get,
	"range":  getRange,
	"size":   size,
	"list":   list,
	"remove": remove,
}

func main() {
	if err := do(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func do(verb string, args []string) error {
	bucket, err := openBucket(os.Getenv("OBJSTORE_CONFIG"))
	if err != nil {
		return err
	}
	defer bucket.Close()
	return deeds[verb](context.Background(), bucket, args)
}

// put FILE OBJECT-KEY: in parts, if the file is larger than the part size of the config.
func put(ctx context.Context, bucket objstore.Bucket, args []string) error {
	file, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	return bucket.Upload(ctx, args[1], file)
}

// stream OBJECT-KEY: standard input, whose size objstore can't know.
func stream(ctx context.Context, bucket objstore.Bucket, args []string) error {
	return bucket.Upload(ctx, args[0], struct{ io.Reader }{os.Stdin})
}

// get OBJECT-KEY FILE
func get(ctx context.Context, bucket objstore.Bucket, args []string) error {
	body, err := bucket.Get(ctx, args[0])
	if err != nil {
		return err
	}
	return write(args[1], body)
}

// range OBJECT-KEY FIRST LENGTH FILE
func getRange(ctx context.Context, bucket objstore.Bucket, args []string) error {
	first, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	length, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	body, err := bucket.GetRange(ctx, args[0], first, length)
	if err != nil {
		return err
	}
	return write(args[3], body)
}

// size OBJECT-KEY
func size(ctx context.Context, bucket objstore.Bucket, args []string) error {
	attributes, err := bucket.Attributes(ctx, args[0])
	if err != nil {
		return err
	}
	_, err = fmt.Println(attributes.Size)
	return err
}

// list PREFIX
func list(ctx context.Context, bucket objstore.Bucket, args []string) error {
	show := func(objectKey string) error {
		_, err := fmt.Println(objectKey)
		return err
	}
	return bucket.Iter(ctx, args[0], show, objstore.WithRecursiveIter())
}

// remove OBJECT-KEY
func remove(ctx context.Context, bucket objstore.Bucket, args []string) error {
	return bucket.Delete(ctx, args[0])
}

func write(path string, body io.ReadCloser) error {
	defer body.Close()
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, body); err != nil {
		return err
	}
	return file.Close()
}
