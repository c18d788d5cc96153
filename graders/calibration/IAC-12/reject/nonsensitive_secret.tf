# why: nonsensitive() on one key of the secret
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

data "aws_secretsmanager_secret_version" "db" {
  secret_id = "orders/db"
}

output "password" {
  value = nonsensitive(jsondecode(data.aws_secretsmanager_secret_version.db.secret_string)["password"])
}
