package main

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
)

// Of the file in the tarball.
const entry = "resources/configmaps/namespaces/matrix/file.json"

// The tarball of a backup, with one file.
func writeContents(path, from string) (*os.File, error) {
	body, err := os.ReadFile(from)
	if err != nil {
		return nil, err
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	compressor := gzip.NewWriter(file)
	archive := tar.NewWriter(compressor)
	if err := archive.WriteHeader(&tar.Header{Name: entry, Mode: 0o600, Size: int64(len(body))}); err != nil {
		return nil, err
	}
	if _, err := archive.Write(body); err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return file, compressor.Close()
}

// Writes its one file.
func extract(tarball, to string) error {
	file, err := os.Open(tarball)
	if err != nil {
		return err
	}
	defer file.Close()
	decompressor, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	archive := tar.NewReader(decompressor)
	if _, err := archive.Next(); err != nil {
		return err
	}
	return write(to, io.NopCloser(archive))
}

// The log of a backup, with one line.
func writeLog(path, line string) (*os.File, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	compressor := gzip.NewWriter(file)
	if _, err := io.WriteString(compressor, line+"\n"); err != nil {
		return nil, err
	}
	return file, compressor.Close()
}
