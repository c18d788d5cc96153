# why: a bucket has one notification configuration, and two resources write it
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "in" {
  bucket = "acme-partner-in"
}

resource "aws_sqs_queue" "scan" {
  name = "scan"
}

resource "aws_sns_topic" "arrived" {
  name = "arrived"
}

resource "aws_s3_bucket_notification" "scan" {
  bucket = aws_s3_bucket.in.id
  queue {
    queue_arn = aws_sqs_queue.scan.arn
    events    = ["s3:ObjectCreated:*"]
  }
}

resource "aws_s3_bucket_notification" "arrived" {
  bucket = aws_s3_bucket.in.id
  topic {
    topic_arn = aws_sns_topic.arrived.arn
    events    = ["s3:ObjectCreated:Put"]
  }
}
