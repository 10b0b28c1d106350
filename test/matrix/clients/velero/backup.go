package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/builder"
	"github.com/vmware-tanzu/velero/pkg/persistence"
	"github.com/vmware-tanzu/velero/pkg/util/encode"
)

// In the metadata, which Velero stores without compression.
const annotation = "matrix/marker"

// backup NAME FILE MARKER: a backup whose tarball holds the file, as Velero stores one.
func backUp(at *location, args []string) error {
	name, marker := args[0], args[2]
	marked := builder.WithAnnotations(annotation, marker)
	backup := builder.ForBackup(namespace, name).ObjectMeta(marked).Phase(velerov1.BackupPhaseCompleted).Result()
	metadata, err := encode.Encode(backup, "json")
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "velero-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	contents, err := writeContents(filepath.Join(folder, "contents"), args[1])
	if err != nil {
		return err
	}
	defer contents.Close()
	log, err := writeLog(filepath.Join(folder, "log"), marker)
	if err != nil {
		return err
	}
	defer log.Close()
	info := persistence.BackupInfo{Name: name, Metadata: bytes.NewBuffer(metadata), Contents: contents, Log: log}
	if err := addLists(&info); err != nil {
		return err
	}
	return at.backups.PutBackup(info)
}

// restore NAME FOLDER: reads it all; shows the marker and leaves the tarball and its file in the folder.
func restore(at *location, args []string) error {
	name, folder := args[0], args[1]
	if err := at.backups.IsValid(); err != nil {
		return err
	}
	if err := only(at, name); err != nil {
		return err
	}
	metadata, err := at.backups.GetBackupMetadata(name)
	if err != nil {
		return err
	}
	if err := readLists(at.backups, name); err != nil {
		return err
	}
	contents, err := at.backups.GetBackupContents(name)
	if err != nil {
		return err
	}
	tarball := filepath.Join(folder, "contents.tar.gz")
	if err := write(tarball, contents); err != nil {
		return err
	}
	if err := extract(tarball, filepath.Join(folder, "file")); err != nil {
		return err
	}
	return show(metadata.Annotations[annotation])
}

// The location has this backup and no other.
func only(at *location, name string) error {
	found, err := at.backups.ListBackups()
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0] != name {
		return fmt.Errorf("its backups are %q", found)
	}
	there, err := at.backups.BackupExists(at.bucket, name)
	if err == nil && !there {
		err = fmt.Errorf("it says that there is no %s", name)
	}
	return err
}

var targets = []velerov1.DownloadTargetKind{
	velerov1.DownloadTargetKindBackupContents,
	velerov1.DownloadTargetKindBackupLog,
	velerov1.DownloadTargetKindBackupVolumeSnapshots,
	velerov1.DownloadTargetKindBackupItemOperations,
	velerov1.DownloadTargetKindBackupResourceList,
	velerov1.DownloadTargetKindBackupResults,
	velerov1.DownloadTargetKindBackupVolumeInfos,
}

// links NAME: what `velero backup download`, `logs` and `describe` follow; kind and URL.
func links(at *location, args []string) error {
	for _, kind := range targets {
		url, err := at.backups.GetDownloadURL(velerov1.DownloadTarget{Kind: kind, Name: args[0]})
		if err != nil {
			return err
		}
		if err := show(fmt.Sprintf("%s %s", kind, url)); err != nil {
			return err
		}
	}
	return nil
}

// forget NAME
func forget(at *location, args []string) error {
	return at.backups.DeleteBackup(args[0])
}
