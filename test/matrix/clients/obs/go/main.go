// The Go SDK of OBS, with its defaults but for endpoint, credentials, signature and certificate authority; retries are off.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-obs/obs"
)

var client = connect()

// A deed a line on standard input, an answer a line on standard output; fields are parted by tabs.
func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		said := strings.Split(lines.Text(), "\t")
		results, err := perform(said[0], said[1:])
		if err != nil {
			fmt.Printf("failed\t%s\n", strings.Join(strings.Fields(err.Error()), " "))
			continue
		}
		fmt.Println(strings.Join(append([]string{"ok"}, results...), "\t"))
	}
}

func perform(verb string, args []string) ([]string, error) {
	deed, known := verbs[verb]
	if !known {
		return nil, fmt.Errorf("there is no %s", verb)
	}
	return deed(args)
}

func connect() *obs.ObsClient {
	client, err := obs.New(
		os.Getenv("OBS_ACCESS_KEY_ID"), os.Getenv("OBS_SECRET_ACCESS_KEY"), os.Getenv("OBS_ENDPOINT"),
		obs.WithSignature(signature()),
		obs.WithRegion(os.Getenv("OBS_REGION")),
		obs.WithPathStyle(os.Getenv("OBS_ADDRESSING") == "path"),
		obs.WithMaxRetryCount(0),
		obs.WithHttpTransport(transport()),
	)
	if err != nil {
		panic(err)
	}
	return client
}

func signature() obs.SignatureType {
	switch os.Getenv("OBS_SIGNATURE") {
	case "obs":
		return obs.SignatureObs
	case "v4":
		return obs.SignatureV4
	default:
		return obs.SignatureV2
	}
}

// Trusts the matrix's authority. Names below localhost are loopback addresses (RFC 6761, 6.3); not every resolver knows.
func transport() *http.Transport {
	pem, err := os.ReadFile(os.Getenv("OBS_CA"))
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err == nil && strings.HasSuffix(host, ".localhost") {
				address = net.JoinHostPort("127.0.0.1", port)
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}
}
