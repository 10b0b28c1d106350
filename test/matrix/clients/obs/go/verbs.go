package main

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/huaweicloud/huaweicloud-sdk-go-obs/obs"
)

// Above it an object goes in parts.
const large = 8 << 20

type deed = func(args []string) ([]string, error)

var verbs map[string]deed

// Assigned here, because removeAll lists.
func init() {
	verbs = map[string]deed{
		"put": put, "putStream": putStream, "putChecked": putChecked, "get": get, "range": getRange, "size": size,
		"list": list, "link": link, "copy": copyObject, "remove": remove, "removeAll": removeAll, "parts": parts,
		"append": appendObject, "metadata": metadata, "acl": acl, "encryption": encryption, "versions": versions,
		"getVersion": getVersion, "form": form, "rename": rename, "modify": modify,
	}
}

func at(bucket, objectKey string) obs.ObjectOperationInput {
	return obs.ObjectOperationInput{Bucket: bucket, Key: objectKey}
}

func of(bucket, objectKey string) obs.GetObjectMetadataInput {
	return obs.GetObjectMetadataInput{Bucket: bucket, Key: objectKey}
}

func put(a []string) ([]string, error) {
	file, err := os.Stat(a[0])
	if err != nil {
		return nil, err
	}
	if file.Size() > large {
		input := &obs.UploadFileInput{ObjectOperationInput: at(a[1], a[2]), UploadFile: a[0], PartSize: large, TaskNum: 2}
		_, err = client.UploadFile(input)
		return nil, err
	}
	input := &obs.PutFileInput{SourceFile: a[0]}
	input.ObjectOperationInput = at(a[1], a[2])
	_, err = client.PutFile(input)
	return nil, err
}

func putStream(a []string) ([]string, error) {
	body, err := os.Open(a[0])
	if err != nil {
		return nil, err
	}
	defer body.Close()
	// Without its type the SDK can't know that it is a file, and how long it is.
	input := &obs.PutObjectInput{Body: io.MultiReader(body)}
	input.ObjectOperationInput = at(a[1], a[2])
	_, err = client.PutObject(input)
	return nil, err
}

func putChecked(a []string) ([]string, error) {
	body, err := os.ReadFile(a[0])
	if err != nil {
		return nil, err
	}
	sum := md5.Sum(body)
	input := &obs.PutFileInput{SourceFile: a[0]}
	input.ObjectOperationInput = at(a[1], a[2])
	input.ContentMD5 = base64.StdEncoding.EncodeToString(sum[:])
	_, err = client.PutFile(input)
	return nil, err
}

func get(a []string) ([]string, error) {
	return nil, save(&obs.GetObjectInput{GetObjectMetadataInput: of(a[0], a[1])}, a[2], 200)
}

func getVersion(a []string) ([]string, error) {
	input := &obs.GetObjectInput{GetObjectMetadataInput: of(a[0], a[1])}
	input.VersionId = a[2]
	return nil, save(input, a[3], 200)
}

func getRange(a []string) ([]string, error) {
	first, _ := strconv.ParseInt(a[2], 10, 64)
	last, _ := strconv.ParseInt(a[3], 10, 64)
	input := &obs.GetObjectInput{GetObjectMetadataInput: of(a[0], a[1]), RangeStart: first, RangeEnd: last}
	return nil, save(input, a[4], 206)
}

func save(input *obs.GetObjectInput, file string, status int) error {
	answer, err := client.GetObject(input)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != status {
		return fmt.Errorf("the status is %d", answer.StatusCode)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = io.Copy(out, answer.Body)
	return err
}

func size(a []string) ([]string, error) {
	input := of(a[0], a[1])
	answer, err := client.GetObjectMetadata(&input)
	if err != nil {
		return nil, err
	}
	return []string{strconv.FormatInt(answer.ContentLength, 10)}, nil
}

func list(a []string) ([]string, error) {
	input := &obs.ListObjectsInput{Bucket: a[0]}
	input.Prefix = a[1]
	answer, err := client.ListObjects(input)
	if err != nil {
		return nil, err
	}
	objectKeys := []string{}
	for _, each := range answer.Contents {
		objectKeys = append(objectKeys, each.Key)
	}
	return objectKeys, nil
}

func link(a []string) ([]string, error) {
	answer, err := client.CreateSignedUrl(
		&obs.CreateSignedUrlInput{Method: obs.HttpMethodGet, Bucket: a[0], Key: a[1], Expires: 300})
	if err != nil {
		return nil, err
	}
	return []string{answer.SignedUrl}, nil
}

func copyObject(a []string) ([]string, error) {
	input := &obs.CopyObjectInput{ObjectOperationInput: at(a[2], a[3]), CopySourceBucket: a[0], CopySourceKey: a[1]}
	_, err := client.CopyObject(input)
	return nil, err
}

func remove(a []string) ([]string, error) {
	_, err := client.DeleteObject(&obs.DeleteObjectInput{Bucket: a[0], Key: a[1]})
	return nil, err
}

func removeAll(a []string) ([]string, error) {
	doomed, err := list(a)
	if err != nil {
		return nil, err
	}
	input := &obs.DeleteObjectsInput{Bucket: a[0]}
	for _, objectKey := range doomed {
		input.Objects = append(input.Objects, obs.ObjectToDelete{Key: objectKey})
	}
	answer, err := client.DeleteObjects(input)
	if err == nil && (len(answer.Errors) > 0 || len(answer.Deleteds) != len(doomed)) {
		err = fmt.Errorf("%d are deleted, %v are not", len(answer.Deleteds), answer.Errors)
	}
	return nil, err
}

func parts(a []string) ([]string, error) {
	begun, err := client.InitiateMultipartUpload(&obs.InitiateMultipartUploadInput{ObjectOperationInput: at(a[1], a[2])})
	if err != nil {
		return nil, err
	}
	sent, err := client.UploadPart(
		&obs.UploadPartInput{Bucket: a[1], Key: a[2], UploadId: begun.UploadId, PartNumber: 1, SourceFile: a[0]})
	if err != nil {
		return nil, err
	}
	copied, err := client.CopyPart(&obs.CopyPartInput{
		Bucket: a[1], Key: a[2], UploadId: begun.UploadId, PartNumber: 2, CopySourceBucket: a[3], CopySourceKey: a[4]})
	if err != nil {
		return nil, err
	}
	listed, err := client.ListParts(&obs.ListPartsInput{Bucket: a[1], Key: a[2], UploadId: begun.UploadId})
	if err != nil {
		return nil, err
	}
	if len(listed.Parts) != 2 || listed.Parts[0].PartNumber != 1 || listed.Parts[1].PartNumber != 2 {
		return nil, fmt.Errorf("the parts %v are listed", listed.Parts)
	}
	done := &obs.CompleteMultipartUploadInput{Bucket: a[1], Key: a[2], UploadId: begun.UploadId}
	done.Parts = []obs.Part{{PartNumber: 1, ETag: sent.ETag}, {PartNumber: 2, ETag: copied.ETag}}
	_, err = client.CompleteMultipartUpload(done)
	return nil, err
}
