// Does with the SDK for Go, version 2, what its users do by default, and prints a line for each thing that worked.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const partBytes = 5 << 20

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := run(ctx, os.Getenv("S3_ENDPOINT"), os.Getenv("S3_FLAKY_ENDPOINT")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, endpoint, flaky string) error {
	loaded, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	at := func(url string) *s3.Client {
		return s3.NewFromConfig(loaded, func(o *s3.Options) {
			o.BaseEndpoint = aws.String(url)
			o.UsePathStyle = true
		})
	}
	body := make([]byte, 2*partBytes+12345)
	if _, err := rand.Read(body); err != nil {
		return err
	}
	steady := at(endpoint)
	if err := multipart(ctx, steady, "go-multipart", body); err != nil {
		return fmt.Errorf("multipart: %w", err)
	}
	if err := multipart(ctx, at(flaky), "go-retries", body); err != nil {
		return fmt.Errorf("retries: %w", err)
	}
	if err := attributes(ctx, steady); err != nil {
		return fmt.Errorf("list header: %w", err)
	}
	if err := link(ctx, steady, body); err != nil {
		return fmt.Errorf("link: %w", err)
	}
	return nil
}

func multipart(ctx context.Context, client *s3.Client, key string, body []byte) error {
	manager := transfermanager.New(client, func(o *transfermanager.Options) { o.PartSizeBytes = partBytes })
	input := &transfermanager.UploadObjectInput{Bucket: bucket(), Key: aws.String(key), Body: bytes.NewReader(body)}
	if _, err := manager.UploadObject(ctx, input); err != nil {
		return err
	}
	got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket(), Key: aws.String(key)})
	if err != nil {
		return err
	}
	defer got.Body.Close()
	return same(key, got.Body, body)
}

// Each value of the list goes on a line of its own.
func attributes(ctx context.Context, client *s3.Client) error {
	out, err := client.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{
		Bucket:           bucket(),
		Key:              aws.String("go-multipart"),
		ObjectAttributes: []types.ObjectAttributes{types.ObjectAttributesEtag, types.ObjectAttributesObjectSize},
	})
	if err != nil {
		return err
	}
	if out.ETag == nil || out.ObjectSize == nil {
		return fmt.Errorf("not all attributes came")
	}
	fmt.Println("list header")
	return nil
}

func link(ctx context.Context, client *s3.Client, body []byte) error {
	signed, err := s3.NewPresignClient(client).PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket:              bucket(),
		Key:                 aws.String("go-multipart"),
		ResponseContentType: aws.String("text/x-link"),
	})
	if err != nil {
		return err
	}
	answer, err := http.Get(signed.URL)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/x-link" {
		return fmt.Errorf("%s, %s", answer.Status, answer.Header.Get("Content-Type"))
	}
	return same("link", answer.Body, body)
}

func same(name string, got io.Reader, body []byte) error {
	read, err := io.ReadAll(got)
	if err != nil {
		return err
	}
	if !bytes.Equal(read, body) {
		return fmt.Errorf("%d other bytes came back than the %d that went", len(read), len(body))
	}
	fmt.Println(name)
	return nil
}

func bucket() *string {
	return aws.String(os.Getenv("S3_BUCKET"))
}
