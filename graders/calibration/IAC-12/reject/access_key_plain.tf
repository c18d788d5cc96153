# why: the output of an access key's secret is plain
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_iam_access_key" "mail" {
  user = "orders-mail"
}

output "id" {
  value = aws_iam_access_key.mail.id
}

output "secret" {
  value = aws_iam_access_key.mail.secret
}
