package main

import (
	"os"
	"strconv"

	"github.com/huaweicloud/huaweicloud-sdk-go-obs/obs"
)

func appendObject(a []string) ([]string, error) {
	body, err := os.Open(a[0])
	if err != nil {
		return nil, err
	}
	defer body.Close()
	position, _ := strconv.ParseInt(a[3], 10, 64)
	input := &obs.AppendObjectInput{Body: body, Position: position}
	input.ObjectOperationInput = at(a[1], a[2])
	answer, err := client.AppendObject(input)
	if err != nil {
		return nil, err
	}
	return []string{strconv.FormatInt(answer.NextAppendPosition, 10)}, nil
}

func metadata(a []string) ([]string, error) {
	_, err := client.SetObjectMetadata(&obs.SetObjectMetadataInput{
		Bucket: a[0], Key: a[1], MetadataDirective: obs.ReplaceMetadata, Metadata: map[string]string{"note": a[2]}})
	if err != nil {
		return nil, err
	}
	input := of(a[0], a[1])
	answer, err := client.GetObjectMetadata(&input)
	if err != nil {
		return nil, err
	}
	return []string{answer.Metadata["note"]}, nil
}

func acl(a []string) ([]string, error) {
	place := &obs.GetObjectAclInput{Bucket: a[0], Key: a[1]}
	before, err := client.GetObjectAcl(place)
	if err != nil {
		return nil, err
	}
	_, err = client.SetObjectAcl(
		&obs.SetObjectAclInput{Bucket: a[0], Key: a[1], AccessControlPolicy: before.AccessControlPolicy})
	if err != nil {
		return nil, err
	}
	after, err := client.GetObjectAcl(place)
	if err != nil {
		return nil, err
	}
	permissions := []string{}
	for _, grant := range after.Grants {
		permissions = append(permissions, string(grant.Permission))
	}
	return permissions, nil
}

func encryption(a []string) ([]string, error) {
	input := &obs.SetBucketEncryptionInput{Bucket: a[0]}
	input.SSEAlgorithm = obs.DEFAULT_SSE_KMS_ENCRYPTION
	if signature() == obs.SignatureObs {
		input.SSEAlgorithm = obs.DEFAULT_SSE_KMS_ENCRYPTION_OBS
	}
	if _, err := client.SetBucketEncryption(input); err != nil {
		return nil, err
	}
	answer, err := client.GetBucketEncryption(a[0])
	if err != nil {
		return nil, err
	}
	_, err = client.DeleteBucketEncryption(a[0])
	return []string{answer.SSEAlgorithm}, err
}

func versions(a []string) ([]string, error) {
	input := &obs.ListVersionsInput{Bucket: a[0]}
	input.Prefix = a[1]
	answer, err := client.ListVersions(input)
	if err != nil {
		return nil, err
	}
	fields := []string{}
	for _, each := range answer.Versions {
		fields = append(fields, each.Key, each.VersionId)
	}
	return fields, nil
}

func form(a []string) ([]string, error) {
	answer, err := client.CreateBrowserBasedSignature(&obs.CreateBrowserBasedSignatureInput{
		Bucket: a[0], Key: a[1], Expires: 300, FormParams: map[string]string{"content-type": "text/plain"}})
	if err != nil {
		return nil, err
	}
	fields := []string{"key", a[1], "content-type", "text/plain", "policy", answer.Policy}
	switch signature() {
	case obs.SignatureV4:
		return append(fields, "x-amz-algorithm", answer.Algorithm, "x-amz-credential", answer.Credential,
			"x-amz-date", answer.Date, "x-amz-signature", answer.Signature), nil
	case obs.SignatureObs:
		return append(fields, "AccessKeyId", os.Getenv("OBS_ACCESS_KEY_ID"), "signature", answer.Signature), nil
	default:
		return append(fields, "AWSAccessKeyId", os.Getenv("OBS_ACCESS_KEY_ID"), "signature", answer.Signature), nil
	}
}

func rename(a []string) ([]string, error) {
	_, err := client.RenameFile(&obs.RenameFileInput{Bucket: a[0], Key: a[1], NewObjectKey: a[2]})
	return nil, err
}

func modify(a []string) ([]string, error) {
	body, err := os.Open(a[0])
	if err != nil {
		return nil, err
	}
	defer body.Close()
	position, _ := strconv.ParseInt(a[3], 10, 64)
	_, err = client.ModifyObject(&obs.ModifyObjectInput{Bucket: a[1], Key: a[2], Position: position, Body: body})
	return nil, err
}
