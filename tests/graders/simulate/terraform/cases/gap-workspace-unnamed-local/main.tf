provider "aws" {
  region = "eu-west-1"
}

locals {
  environment = terraform.workspace
  sizes       = { acme-a = 1, acme-b = 2 }
}

resource "aws_sqs_queue" "q" {
  count = local.sizes[local.environment]
  name  = "q-${count.index}"
}
