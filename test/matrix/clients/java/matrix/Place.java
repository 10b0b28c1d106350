package matrix;

/** An object, there or not. */
public record Place(String bucket, String objectKey) {}
