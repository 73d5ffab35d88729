import { defineSection } from "../section.ts";
import { secret, text, webAddress, yesNo } from "../setting.ts";

export const blobsSection = defineSection({
  name: "blobs",
  doc: "Where files are kept: an S3 bucket, or without one the folder `media` in the data folder.",
  settings: {
    s3Bucket: text({ doc: "The bucket; it must exist." }),
    s3Endpoint: webAddress({ doc: "The address of the S3 server. Without it Amazon's." }),
    s3Region: text({ fallback: "us-east-1", doc: "The region the requests are signed for." }),
    s3AccessKey: secret({ doc: "The access key's id." }),
    s3SecretKey: secret({ doc: "The access key's secret." }),
    s3PathStyle: yesNo({
      fallback: "true",
      doc: "`https://host/bucket/key` rather than `https://bucket.host/key`.",
    }),
    s3Prefix: text({ doc: "Put before every key, so that several servers can share a bucket." }),
  },
});
