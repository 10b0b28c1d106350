package main

import (
	"fmt"
	"os"

	"github.com/go-kit/log"
	"github.com/thanos-io/objstore"
	"github.com/thanos-io/objstore/providers/s3"
	"gopkg.in/yaml.v2"
)

// As in Thanos' --objstore.config-file. Its own reader would bring the libraries of every other store.
type bucketConfig struct {
	Type   string        `yaml:"type"`
	Config yaml.MapSlice `yaml:"config"`
	Prefix string        `yaml:"prefix"`
}

func openBucket(path string) (objstore.Bucket, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var config bucketConfig
	if err := yaml.UnmarshalStrict(text, &config); err != nil {
		return nil, err
	}
	if config.Type != "S3" {
		return nil, fmt.Errorf("the type is %q", config.Type)
	}
	settings, err := yaml.Marshal(config.Config)
	if err != nil {
		return nil, err
	}
	bucket, err := s3.NewBucket(log.NewNopLogger(), settings, "matrix", nil)
	if err != nil {
		return nil, err
	}
	return objstore.NewPrefixedBucket(bucket, config.Prefix), nil
}
