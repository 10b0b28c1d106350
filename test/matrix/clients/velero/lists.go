package main

import (
	"bytes"
	"fmt"

	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/builder"
	"github.com/vmware-tanzu/velero/pkg/itemoperation"
	"github.com/vmware-tanzu/velero/pkg/persistence"
	"github.com/vmware-tanzu/velero/pkg/util/encode"
	"github.com/vmware-tanzu/velero/pkg/util/results"
)

const namespace = "velero"

// The name of one volume, in every list beside a backup.
const volume = "matrix-volume"

// The lists that Velero stores beside a backup, each with one entry; types that it keeps to itself are maps here.
func addLists(info *persistence.BackupInfo) error {
	pods := []*velerov1.PodVolumeBackup{builder.ForPodVolumeBackup(namespace, volume).Result()}
	snapshots := []map[string]any{{"spec": map[string]any{"backupName": info.Name, "persistentVolumeName": volume}}}
	operation := itemoperation.BackupOperationSpec{BackupName: info.Name, OperationID: volume}
	resources := map[string][]string{"v1/PersistentVolume": {volume}}
	outcome := map[string]results.Result{"warnings": {Velero: []string{volume}}, "errors": {}}
	var faults []error
	gzipped := func(list any) *bytes.Buffer {
		buffer, errs := encode.ToJSONGzip(list, "list")
		faults = append(faults, errs...)
		return buffer
	}
	info.PodVolumeBackups = gzipped(pods)
	info.VolumeSnapshots = gzipped(snapshots)
	info.BackupItemOperations = gzipped([]itemoperation.BackupOperation{{Spec: operation}})
	info.BackupResourceList = gzipped(resources)
	info.BackupResults = gzipped(outcome)
	info.BackupVolumeInfo = gzipped([]map[string]any{{"pvName": volume}})
	if len(faults) > 0 {
		return faults[0]
	}
	return nil
}

// Every list that Velero reads back has its entry. One that was not stored is none, and no error.
func readLists(from persistence.BackupStore, name string) error {
	pods, err := from.GetPodVolumeBackups(name)
	if err != nil || len(pods) != 1 || pods[0].Name != volume {
		return fmt.Errorf("pod volume backups: %v %w", pods, err)
	}
	snapshots, err := from.GetBackupVolumeSnapshots(name)
	if err != nil || len(snapshots) != 1 || snapshots[0].Spec.PersistentVolumeName != volume {
		return fmt.Errorf("volume snapshots: %v %w", snapshots, err)
	}
	operations, err := from.GetBackupItemOperations(name)
	if err != nil || len(operations) != 1 || operations[0].Spec.OperationID != volume {
		return fmt.Errorf("item operations: %v %w", operations, err)
	}
	volumes, err := from.GetBackupVolumeInfos(name)
	if err != nil || len(volumes) != 1 || volumes[0].PVName != volume {
		return fmt.Errorf("volumes: %v %w", volumes, err)
	}
	classes, err := from.GetCSIVolumeSnapshotClasses(name)
	if err != nil || classes != nil {
		return fmt.Errorf("snapshot classes: %v %w", classes, err)
	}
	return nil
}
