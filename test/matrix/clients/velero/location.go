package main

import (
	"io"
	"os"

	"github.com/sirupsen/logrus"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/persistence"
	"github.com/vmware-tanzu/velero/pkg/plugin/clientmgmt"
	"github.com/vmware-tanzu/velero/pkg/plugin/clientmgmt/process"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// A backup storage location that is open: its objects by the plugin, its backups by Velero.
type location struct {
	bucket  string
	objects velero.ObjectStore
	backups persistence.BackupStore
	close   func()
}

// The BackupStorageLocation stands in the YAML file that $VELERO_LOCATION names.
func openLocation() (*location, error) {
	text, err := os.ReadFile(os.Getenv("VELERO_LOCATION"))
	if err != nil {
		return nil, err
	}
	var spec velerov1.BackupStorageLocation
	if err := yaml.UnmarshalStrict(text, &spec); err != nil {
		return nil, err
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	registry := process.NewRegistry(os.Getenv("VELERO_PLUGINS"), log, logrus.InfoLevel)
	if err := registry.DiscoverPlugins(); err != nil {
		return nil, err
	}
	manager := clientmgmt.NewManager(log, logrus.InfoLevel, registry)
	kept := &keeping{manager: manager}
	backups, err := persistence.NewObjectBackupStoreGetter(secrets{}).Get(&spec, kept, log)
	if err != nil {
		manager.CleanupClients()
		return nil, err
	}
	return &location{spec.Spec.ObjectStorage.Bucket, kept.objects, backups, manager.CleanupClients}, nil
}

// Velero keeps the object store to itself, once it has set it up by the location.
type keeping struct {
	manager clientmgmt.Manager
	objects velero.ObjectStore
}

func (k *keeping) GetObjectStore(provider string) (velero.ObjectStore, error) {
	objects, err := k.manager.GetObjectStore(provider)
	k.objects = objects
	return objects, err
}

// In place of a cluster's secrets: the credentials file that $VELERO_CREDENTIALS names.
type secrets struct{}

func (secrets) Path(*corev1.SecretKeySelector) (string, error) {
	return os.Getenv("VELERO_CREDENTIALS"), nil
}
