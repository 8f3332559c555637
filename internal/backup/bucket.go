package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"capillare/internal/config"
)

// partBytes is how much of a copy one request carries.
const partBytes = 16 << 20

// bucket is a Store in an S3-like service.
type bucket struct {
	client       *minio.Client
	name, prefix string
	address      string
}

func newBucket(address *url.URL, o config.Backup) (*bucket, error) {
	name, prefix, _ := strings.Cut(strings.Trim(address.Path, "/"), "/")
	if name == "" || address.Host == "" {
		return nil, fmt.Errorf("%w: the address of copies is https://HOST/BUCKET or https://HOST/BUCKET/PREFIX", ErrNoBucket)
	}
	client, err := minio.New(address.Host, &minio.Options{
		Creds: credentials.NewStaticV4(o.Access, o.Secret.Reveal(), ""), Secure: address.Scheme == "https",
		Region: o.Region, BucketLookup: minio.BucketLookupPath, MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	// Whoever put keys into the address does not see them on a page.
	return &bucket{client, name, prefix, address.Scheme + "://" + address.Host + "/" + path.Join(name, prefix)}, nil
}

func (b *bucket) String() string { return b.address }

func (b *bucket) key(name string) string { return path.Join(b.prefix, name) }

func (b *bucket) Put(ctx context.Context, name string, file io.Reader, size int64) error {
	info, err := b.client.PutObject(ctx, b.name, b.key(name), file, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", PartSize: partBytes, NumThreads: 1, SendContentMd5: true,
	})
	if err != nil {
		return bucketFault(err)
	}
	if info.Size != size {
		return fmt.Errorf("%w: %d bytes of %d arrived", ErrUnwritable, info.Size, size)
	}
	there, err := b.client.StatObject(ctx, b.name, b.key(name), minio.StatObjectOptions{})
	if err != nil {
		return bucketFault(err)
	}
	if there.Size != size {
		return fmt.Errorf("%w: %d bytes of %d are there", ErrUnwritable, there.Size, size)
	}
	return nil
}

func (b *bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	object, err := b.client.GetObject(ctx, b.name, b.key(name), minio.GetObjectOptions{})
	if err != nil {
		return nil, bucketFault(err)
	}
	if _, err := object.Stat(); err != nil { // the first request is sent only here
		return nil, errors.Join(bucketFault(err), object.Close())
	}
	return object, nil
}

func (b *bucket) List(ctx context.Context) ([]Copy, error) {
	prefix := b.prefix
	if prefix != "" {
		prefix += "/"
	}
	var copies []Copy
	for object := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix}) {
		if object.Err != nil {
			return nil, bucketFault(object.Err)
		}
		name := strings.TrimPrefix(object.Key, prefix)
		if at, ok := takenAt(name); ok {
			copies = append(copies, Copy{Name: name, At: at, Bytes: object.Size})
		}
	}
	return copies, nil
}

func (b *bucket) Remove(ctx context.Context, name string) error {
	return bucketFault(b.client.RemoveObject(ctx, b.name, b.key(name), minio.RemoveObjectOptions{}))
}

func (b *bucket) Probe(ctx context.Context) error {
	const text = "capillare"
	key := b.key(".probe")
	_, err := b.client.PutObject(ctx, b.name, key, strings.NewReader(text), int64(len(text)), minio.PutObjectOptions{})
	if err != nil {
		return bucketFault(err)
	}
	return bucketFault(b.client.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{}))
}

// bucketFault names what a service answered.
func bucketFault(err error) error {
	if err == nil {
		return nil
	}
	switch answer := minio.ToErrorResponse(err); answer.Code {
	case "NoSuchBucket":
		return fmt.Errorf("%w: %w", ErrNoBucket, err)
	case "NoSuchKey":
		return fmt.Errorf("%w: %w", ErrNoCopy, err)
	case "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch":
		return fmt.Errorf("%w: %w", ErrRefused, err)
	case "QuotaExceeded", "XMinioStorageFull":
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}
