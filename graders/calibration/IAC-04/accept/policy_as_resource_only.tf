# why: key, topic, queue and secret leave their policies to the resources for them
provider "aws" {
  region = "eu-west-1"
}

locals {
  policy = {
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }, Action = "*", Resource = "*" }]
  }
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_key_policy" "data" {
  key_id = aws_kms_key.data.id
  policy = jsonencode(local.policy)
}

resource "aws_sns_topic" "news" {
  name = "news"
}

resource "aws_sns_topic_policy" "news" {
  arn    = aws_sns_topic.news.arn
  policy = jsonencode(local.policy)
}

resource "aws_sqs_queue" "in" {
  name = "in"
}

resource "aws_sqs_queue_policy" "in" {
  queue_url = aws_sqs_queue.in.url
  policy    = jsonencode(local.policy)
}

resource "aws_secretsmanager_secret" "db" {
  name = "db"
}

resource "aws_secretsmanager_secret_policy" "db" {
  secret_arn = aws_secretsmanager_secret.db.arn
  policy     = jsonencode(local.policy)
}
