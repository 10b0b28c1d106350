// One deed of Velero at a backup storage location: velero VERB ARGUMENT…
//
// The object store is the AWS plugin's, a process of its own, that Velero's own plugin manager starts and asks.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/vmware-tanzu/velero/pkg/plugin/framework"
)

type deed func(at *location, args []string) error

var deeds = map[string]deed{
	"put":      put,
	"get":      get,
	"exists":   exists,
	"list":     list,
	"prefixes": prefixes,
	"link":     link,
	"remove":   remove,
	"backup":   backUp,
	"restore":  restore,
	"links":    links,
	"forget":   forget,
}

func main() {
	verb, args := os.Args[1], os.Args[2:]
	// The manager gives every plugin what follows a server's first argument.
	os.Args = []string{os.Args[0], "server"}
	if verb == "run-plugins" {
		// It asks the server itself, too, for plugins, and this one has none.
		framework.NewServer().Serve()
		return
	}
	if err := do(verb, args); err != nil {
		fmt.Fprintln(os.Stderr, strings.ReplaceAll(err.Error(), "\n", " "))
		os.Exit(1)
	}
}

func do(verb string, args []string) error {
	at, err := openLocation()
	if err != nil {
		return err
	}
	defer at.close()
	return deeds[verb](at, args)
}

// put FILE OBJECT-KEY; of standard input, if the file is -
func put(at *location, args []string) error {
	file := os.Stdin
	if args[0] != "-" {
		var err error
		if file, err = os.Open(args[0]); err != nil {
			return err
		}
		defer file.Close()
	}
	return at.objects.PutObject(at.bucket, args[1], file)
}

// get OBJECT-KEY FILE
func get(at *location, args []string) error {
	body, err := at.objects.GetObject(at.bucket, args[0])
	if err != nil {
		return err
	}
	return write(args[1], body)
}

// exists OBJECT-KEY
func exists(at *location, args []string) error {
	found, err := at.objects.ObjectExists(at.bucket, args[0])
	if err != nil {
		return err
	}
	return show(fmt.Sprint(found))
}

// list PREFIX
func list(at *location, args []string) error {
	objectKeys, err := at.objects.ListObjects(at.bucket, args[0])
	if err != nil {
		return err
	}
	return show(objectKeys...)
}

// prefixes PREFIX
func prefixes(at *location, args []string) error {
	found, err := at.objects.ListCommonPrefixes(at.bucket, args[0], "/")
	if err != nil {
		return err
	}
	return show(found...)
}

// link OBJECT-KEY
func link(at *location, args []string) error {
	url, err := at.objects.CreateSignedURL(at.bucket, args[0], 10*time.Minute)
	if err != nil {
		return err
	}
	return show(url)
}

// remove OBJECT-KEY
func remove(at *location, args []string) error {
	return at.objects.DeleteObject(at.bucket, args[0])
}

func show(lines ...string) error {
	for _, line := range lines {
		if _, err := fmt.Println(line); err != nil {
			return err
		}
	}
	return nil
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
