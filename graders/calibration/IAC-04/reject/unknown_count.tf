# why: the count hangs on what only the apply tells: plan refuses it
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "logs" {
  bucket = "acme-app-logs"
}

resource "aws_sqs_queue" "each" {
  count = length(aws_s3_bucket.logs.arn) > 30 ? 1 : 2
  name  = "each-${count.index}"
}
